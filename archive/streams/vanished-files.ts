import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Store } from '#store/store.ts';
import type { OpenStreams } from './open-streams.ts';

/** So soon after it is gone from its folder a file is gone for those who are being sent it, too. */
export const LOOK_PERIOD_MS = 1000;
/** Looks in one period, each some microseconds of another thread; of more files each waits its turn. */
const MAX_LOOKS = 2000;

/**
 * Ends what is sent of files that are no longer there. Those who delete here say so themselves; but a recorder erases
 * somebody's file on its own, and so may whoever owns the disk, and an open file outlives its name.
 */
export class VanishedFiles {
  readonly #parts: { streams: OpenStreams; store: Store; clock: Clock; log: Log };
  #endPeriod: () => void = () => {};
  #looking: Promise<void> | undefined;
  #next = 0;

  constructor(parts: { streams: OpenStreams; store: Store; clock: Clock; log: Log }) {
    this.#parts = parts;
  }

  start(): void {
    this.#endPeriod = this.#parts.clock.every(LOOK_PERIOD_MS, () => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = undefined;
      });
    });
  }

  async look(): Promise<void> {
    const { log, store, streams } = this.#parts;
    const files = streams.files();
    const from = files.length > MAX_LOOKS ? this.#next % files.length : 0;
    this.#next = from + MAX_LOOKS;
    for (const { name, recordingId } of files.slice(from, from + MAX_LOOKS)) {
      try {
        if (await store.stat(recordingId, name)) continue;
        streams.end(`file:${recordingId}/${name}`);
      } catch (cause) {
        log.warn('vanished-look-failed', { recordingId, cause: (cause as Error).message });
      }
    }
  }

  async close(): Promise<void> {
    this.#endPeriod();
    await this.#looking;
  }
}
