import { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { readManifest, writeManifest } from '#store/manifest-file.ts';
import type { Locks } from '#store/ownership.ts';
import type { Recordings } from '../storage/recordings.ts';
import { findLeftovers, repairedFiles } from '../storage/repair-recording.ts';
import { eraseWhatIsDue } from './erasures.ts';

/** Resume first, repair after [D6]: what the SFU wants continued, it has asked for by then. */
export const RECOVERY_DELAY_MS = 5000;
/** Recordings of a recorder that never came back are found at this pace. */
export const RECOVERY_INTERVAL_MS = 60_000;

export interface RecoveryOptions {
  recordings: Recordings;
  clock: Clock;
  log: Log;
  locks: Locks;
  /** True for recordings that this process is making. */
  isRunning(recordingId: string): boolean;
  onRecovered(recordingId: string): void;
}

/** Completes recordings that a crash cut off: theirs or ours, as soon as nobody owns them any more. */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #stops: (() => void)[];
  readonly #done = new Set<string>();
  #scan: Promise<void> | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
    this.#stops = [
      options.clock.after(RECOVERY_DELAY_MS, () => this.#start()),
      options.clock.every(RECOVERY_INTERVAL_MS, () => this.#start()),
    ];
  }

  /** Waits for a repair that is under way. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    await this.#scan;
  }

  #start(): void {
    this.#scan ??= this.run()
      .catch((cause: Error) => this.#options.log.error('recovery-failed', { cause: cause.message }))
      .finally(() => {
        this.#scan = undefined;
      });
  }

  /** Looks once through all recordings that are not known to be whole. */
  async run(): Promise<void> {
    const { isRunning, log, recordings } = this.#options;
    for (const recordingId of await recordings.list()) {
      if (this.#done.has(recordingId) || isRunning(recordingId)) continue;
      try {
        if (await this.#recover(recordingId)) this.#done.add(recordingId);
      } catch (cause) {
        if (cause instanceof Fault && cause.code === 'recording-owned') continue;
        // What the file system refuses now it may take later; what is broken stays so.
        if ((cause as NodeJS.ErrnoException).errno === undefined) this.#done.add(recordingId);
        log.error('recovery-failed', { recordingId, cause: (cause as Error).message });
      }
    }
  }

  /** Answers whether the recording is whole now. @throws Fault `recording-owned` while somebody writes it */
  async #recover(recordingId: string): Promise<boolean> {
    const { clock, locks, log, onRecovered, recordings } = this.#options;
    const folder = recordings.folder(recordingId);
    const seen = await readManifest(folder);
    if (seen.state !== 'recording') return true;
    const ownership = await locks.take(folder, clock.nowMs());
    try {
      const manifest = await eraseWhatIsDue(recordings, await readManifest(folder));
      const { files, problems } = await repairedFiles(
        folder,
        manifest,
        await findLeftovers(folder, manifest),
      );
      const endMs = Math.max(0, ...files.map((file) => file.startOffsetMs + file.durationMs));
      const stoppedAtMs = Math.round(manifest.startedAtMs + endMs);
      const interrupted: Manifest = {
        ...manifest,
        files,
        problems: [...manifest.problems, ...problems],
        state: 'interrupted',
        stoppedAtMs,
        stopReason: 'recorder-lost',
      };
      await writeManifest(folder, interrupted, log);
    } finally {
      await ownership.release();
    }
    log.info('recording-recovered', { recordingId });
    onRecovered(recordingId);
    return true;
  }
}
