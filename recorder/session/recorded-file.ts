import type { ErrorCode } from '../../protocol/errors.ts';
import type { ManifestFile } from '../../protocol/manifest.ts';
import type { FileSource, Kind } from '../../protocol/people.ts';
import type { FileProgress } from '../../protocol/recording-state.ts';
import type { Clock } from '../../service/clock.ts';
import { inTime } from '../../service/in-time.ts';
import type { AppendFile } from '../storage/append-file.ts';
import { LossLog } from './loss-log.ts';
import type { Take } from './take.ts';

/** Without a packet for this long although media are due, a file is `stalled`: with the next heartbeat, within 2 s, all know. */
export const STALLED_AFTER_MS = 1500;

/** The disk takes nothing for this long: what comes waits in memory, and would be lost with it. */
export const DISK_STALLED_AFTER_MS = 5000;

/** How often the index of a file that grows is brought up to date: whoever watches it already can go anywhere up to there. */
export const INDEX_INTERVAL_MS = 30_000;

/**
 * What is still on its way when a take ends is waited for so long: pictures in a converter, then sound in its worker. Together
 * with what the disk has to do it is less than a Stop may take (RECORDER_ANSWERS_WITHIN_MS), whatever hangs.
 */
export const PICTURES_WITHIN_MS = 400;
export const SOUND_WITHIN_MS = 800;

/** How a file ended: whole as it was written, or cut at its last whole tag after a failure. */
type FileEnd = { state: 'complete' } | { state: 'recovered'; durationMs: number; bytes: number };

/** What the session does for a file. */
export interface FileHost extends Pick<Clock, 'nowMs' | 'after'> {
  /** Creates the file on disk. */
  create(connectionId: string, originMs: number): Promise<{ name: string; file: AppendFile }>;
  /** The manifest has news of this file: it exists, it ended. */
  changed(): void;
  failed(name: string, cause: Error): void;
  /** What was on its way did not come in time, and the file is whole without it. */
  cut(name: string): void;
  /** Cuts the file at its last whole tag and indexes it; undefined when it holds none. */
  repair(name: string): Promise<{ durationMs: number; bytes: number } | undefined>;
}

/**
 * A take on its way to disk: the take makes bytes, this keeps them in order while the file is being created, counts
 * losses, and knows what host and manifest want to know.
 */
export class RecordedFile {
  readonly connectionId: string;
  readonly source: FileSource;
  readonly take: Take;
  readonly #host: FileHost;
  readonly #personName: string;
  readonly #losses = new LossLog();
  #file: AppendFile | undefined;
  #name: string | undefined;
  #early: Buffer[] = [];
  #lastIndexMs: number | undefined;
  #tickedMs = Number.NEGATIVE_INFINITY;
  #creation: Promise<void> | undefined;
  #end: FileEnd | undefined;
  #failedAtMs: number | undefined;
  #finishing: Promise<void> | undefined;
  #salvage: Promise<void> | undefined;

  constructor(options: {
    connectionId: string;
    personName: string;
    source: FileSource;
    host: FileHost;
    openTake: (output: { begin(originMs: number): void; write(chunks: Buffer[]): void }) => Take;
  }) {
    this.connectionId = options.connectionId;
    this.source = options.source;
    this.#personName = options.personName;
    this.#host = options.host;
    this.take = options.openTake({
      begin: (originMs) => {
        this.#creation = this.#create(originMs);
      },
      write: (chunks) => this.#write(chunks),
    });
  }

  get name(): string | undefined {
    return this.#name;
  }

  get isOnDisk(): boolean {
    return this.#file !== undefined && this.#file.writtenBytes > 0;
  }

  /** When nothing could be written any more, our clock. */
  get failedAtMs(): number | undefined {
    return this.#failedAtMs;
  }

  /** Packets were given up; times on the SFU's clock. */
  noteLoss(loss: Parameters<LossLog['note']>[0]): void {
    this.#losses.note(loss);
    this.take.blame(loss.kind, 'lost');
  }

  /**
   * @param atMs on the SFU's clock: what had come by then was pushed
   * @param heldFromMs media after this are here, and come later
   * @param missedMs we did not run for so long before
   */
  tick(atMs: number, heldFromMs?: Partial<Record<Kind, number>>, missedMs = 0): void {
    this.take.setCongested(this.#file?.congested ?? false);
    this.take.tick(atMs, heldFromMs);
    this.#tickedMs = this.#host.nowMs();
    this.#index(this.#tickedMs);
    this.#file?.tick(this.#tickedMs, missedMs);
    if (this.#file?.failure && this.#name) this.#salvaged(this.#name, this.#file);
  }

  /**
   * @param waitingMs how long a packet has been due, undefined when none is
   * @param streamProblem why the pictures of this file are not recorded
   */
  progress(waitingMs: number | undefined, streamProblem?: ErrorCode): FileProgress {
    const bytes = this.#file?.writtenBytes ?? 0;
    const stalled = waitingMs !== undefined && waitingMs >= STALLED_AFTER_MS;
    const diskStalled = (this.#file?.stuckMs(this.#tickedMs) ?? 0) >= DISK_STALLED_AFTER_MS;
    // Whatever else is wrong, nothing of this file is kept.
    const problem = diskStalled ? 'disk-stalled' : streamProblem;
    const healthy = stalled || diskStalled ? 'stalled' : bytes === 0 ? 'waiting' : 'recording';
    return {
      connectionId: this.connectionId,
      source: this.source,
      state: this.#failedAtMs === undefined ? healthy : 'failed',
      bytes,
      durationMs: this.take.durationMs,
      ...(problem && { problem }),
    };
  }

  /**
   * Completes the file: everything that was received is in it, indexed, on disk. Here alone the end of a take is bounded:
   * whatever converters and audio workers do, it waits for the disk alone, from SOUND_WITHIN_MS after PICTURES_WITHIN_MS on.
   * Never throws: a failure is told. Memoised.
   * @param pictures settles once no picture is on its way to the take any more
   */
  finish(atMs: number, pictures: Promise<unknown> = Promise.resolve()): Promise<void> {
    this.#finishing ??= this.#finish(atMs, pictures);
    return this.#finishing;
  }

  async #finish(atMs: number, pictures: Promise<unknown>): Promise<void> {
    if (this.#salvage) return this.#salvage;
    const hasPictures = await inTime(this.#host, PICTURES_WITHIN_MS, pictures);
    const finished = this.take.finish(atMs);
    const hasSound = await inTime(this.#host, SOUND_WITHIN_MS, finished);
    if (!hasSound) this.take.giveUp();
    const metadata = await finished;
    await this.#creation;
    if (metadata === undefined || !this.#file || !this.#name) return;
    if (!hasPictures || !hasSound) this.#host.cut(this.#name);
    try {
      await this.#file.finish(metadata);
      this.#end = { state: 'complete' };
      this.#host.changed();
    } catch {
      await this.#salvaged(this.#name, this.#file);
    }
  }

  /** While held nothing is written: it is not sure whose file this is. */
  hold(held: boolean): void {
    if (this.#file) this.#file.held = held;
  }

  async abandon(): Promise<void> {
    this.take.abandon();
    await this.#creation;
    await this.#file?.abandon();
  }

  /** The manifest's entry; undefined before the file exists. */
  describe(atMs: number, startedAtMs: number, sync: ManifestFile['sync']): ManifestFile | undefined {
    if (!this.#name || !this.#file) return undefined;
    return {
      name: this.#name,
      connectionId: this.connectionId,
      personName: this.#personName,
      source: this.source,
      state: 'writing',
      ...this.take.describe(atMs, startedAtMs),
      bytes: this.#file.writtenBytes,
      losses: this.#losses.since(startedAtMs),
      ...this.#end,
      ...(sync ? { sync } : {}),
    };
  }

  /** The file cannot be written any further: what is in it is made whole, and the rest goes on without it. Memoised. */
  #salvaged(name: string, file: AppendFile): Promise<void> {
    this.#salvage ??= (async () => {
      this.take.abandon();
      this.#failedAtMs = this.#host.nowMs();
      this.#host.failed(name, file.failure ?? new Error('unknown'));
      await file.finish().catch(() => undefined);
      const repaired = await this.#host.repair(name);
      if (repaired) this.#end = { state: 'recovered', ...repaired };
      this.#host.changed();
    })();
    return this.#salvage;
  }

  #index(nowMs: number): void {
    this.#lastIndexMs ??= nowMs;
    if (!this.#file || nowMs - this.#lastIndexMs < INDEX_INTERVAL_MS) return;
    this.#lastIndexMs = nowMs;
    const metadata = this.take.metadata();
    if (metadata) this.#file.overwrite(metadata);
  }

  async #create(originMs: number): Promise<void> {
    try {
      const { name, file } = await this.#host.create(this.connectionId, originMs);
      this.#name = name;
      this.#file = file;
      file.append(this.#early, this.#host.nowMs());
      this.#early = [];
      this.#host.changed();
    } catch (cause) {
      this.take.abandon();
      this.#early = [];
      this.#failedAtMs = this.#host.nowMs();
      this.#host.failed(this.connectionId, cause as Error);
    }
  }

  #write(chunks: Buffer[]): void {
    if (this.#file) this.#file.append(chunks, this.#host.nowMs());
    else if (this.#failedAtMs === undefined) this.#early.push(...chunks.map((chunk) => Buffer.from(chunk)));
  }
}
