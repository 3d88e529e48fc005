import { type ErrorCode, Fault } from '#protocol/errors.ts';
import { type ManifestFile, manifestFileSchema } from '#protocol/manifest.ts';
import type { FileSource, Kind } from '#protocol/people.ts';
import { type FileProgress, fileProgressSchema } from '#protocol/recording-state.ts';
import type { Clock } from '#service/clock.ts';
import { inTime } from '#service/in-time.ts';
import { type AppendFile, WRITE_INTERVAL_MS } from '../storage/append-file.ts';
import { bareEntry } from '../storage/file-entry.ts';
import type { WriteAllowance } from './allowances.ts';
import { type DiskHost, FileOnDisk } from './file-on-disk.ts';
import { type FileFailure, faultOf } from './next-file.ts';
import type { Take } from './take.ts';

/** Without a packet for this long although media are due, a file is `stalled`: with the next heartbeat, within 2 s, all know. */
export const STALLED_AFTER_MS = 1500;

/** The disk takes nothing for this long: what comes waits in memory, and would be lost with it. */
export const DISK_STALLED_AFTER_MS = 5000;

/** So much sound waits for a worker that does not keep up, or is silence since there is none: it would be lost with us. */
export const SOUND_BEHIND_MS = 5000;

/** After more sound than may be was left out it is told for so long. */
export const TOLD_FOR_MS = 5000;

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

/** What becomes of it. */
type Fate =
  | { is: 'going' }
  /** It ended before its time, and is being made whole. */
  | { is: 'failed'; failure: FileFailure; salvaged: Promise<void> }
  | { is: 'over'; end: FileEnd; failure?: FileFailure };

/** What the session does for a file. */
export interface FileHost extends DiskHost, Pick<Clock, 'after'> {
  /** @param name of the file, or whose it would have been */
  failed(name: string, fault: Fault): void;
  /** Something is left out of it, and the file goes on, or is whole, without: `end-cut`, `sound-too-fast`. */
  noted(name: string, code: ErrorCode): void;
  /** Cuts the file at its last whole tag and indexes it; undefined when it holds none. */
  repair(name: string): Promise<{ durationMs: number; bytes: number } | undefined>;
}

/**
 * A take on its way to disk: the take makes bytes, this keeps them in order while the file is being created, counts
 * losses, and knows what host and manifest want to know. It is the compartment of all that is done for one file
 * [D14]: whatever throws in here, or within `guard`, ends this file, whole, with a noted problem, and nothing else.
 */
export class RecordedFile {
  readonly connectionId: string;
  readonly source: FileSource;
  readonly take: Take;
  readonly #host: FileHost;
  readonly #personName: () => string;
  readonly #allowance: WriteAllowance;
  readonly #disk: FileOnDisk;
  #fate: Fate = { is: 'going' };
  #lastIndexMs: number | undefined;
  #tickedMs = Number.NEGATIVE_INFINITY;
  #soundLeftOutMs: number | undefined;
  #finishing: Promise<void> | undefined;
  /** The last entry that could be made. */
  #described: ManifestFile | undefined;

  constructor(options: {
    connectionId: string;
    /** Known by the time that anything is told of the file. */
    personName: () => string;
    source: FileSource;
    host: FileHost;
    allowance: WriteAllowance;
    openTake: (output: { begin(originMs: number): void; write(chunks: Buffer[]): void }) => Take;
  }) {
    this.connectionId = options.connectionId;
    this.source = options.source;
    this.#personName = options.personName;
    this.#host = options.host;
    this.#allowance = options.allowance;
    this.#disk = new FileOnDisk(options.host, (cause) => this.fail(cause));
    this.take = options.openTake({
      begin: (originMs) => this.#disk.begin(originMs),
      write: (chunks) => this.#write(chunks),
    });
  }

  get name(): string | undefined {
    return this.#disk.listed?.name;
  }

  get isBeingCreated(): boolean {
    return this.#disk.isBeingCreated;
  }

  get isOnDisk(): boolean {
    return this.writtenBytes > 0;
  }

  get writtenBytes(): number {
    return this.#disk.writtenBytes;
  }

  /** Undefined while the file goes on, and when it ended as it should. */
  get failure(): FileFailure | undefined {
    return 'failure' in this.#fate ? this.#fate.failure : undefined;
  }

  /** Does something for this file; when it throws, the file ends. Also for what comes later: answers, timers. */
  guard(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** This file cannot go on: it ends here, whole. Of no effect on one that has ended. */
  fail(cause: unknown): void {
    if (this.#fate.is !== 'going') return;
    const fault = faultOf(cause);
    const failure = { atMs: this.#host.nowMs(), code: fault.code };
    const salvaged = Promise.withResolvers<void>();
    this.#fate = { is: 'failed', failure, salvaged: salvaged.promise };
    void this.#salvage(failure, fault).then(salvaged.resolve);
  }

  /** More sound came than may be, and is not taken. */
  leaveOutSound(): void {
    if (this.#soundLeftOutMs === undefined) this.#host.noted(this.#nameOrWhose, 'sound-too-fast');
    this.#soundLeftOutMs = this.#host.nowMs();
    this.take.blame('audio', 'too-fast');
  }

  /**
   * Whether it is time for a tick: one goes through both tracks, and is for what is to be written then. Before there is a file, and
   * while it is young, it always is.
   */
  isDue(): boolean {
    const nowMs = this.#host.nowMs();
    return nowMs - this.#tickedMs >= WRITE_INTERVAL_MS || (this.#disk.listed?.file.isDue(nowMs) ?? true);
  }

  /**
   * @param atMs on the SFU's clock: what had come by then was pushed
   * @param heldFromMs media after this are here, and come later
   * @param missedMs we did not run for so long before
   * @param presentMs until when their person was there
   */
  tick(atMs: number, heldFromMs?: Partial<Record<Kind, number>>, missedMs = 0, presentMs = atMs): void {
    this.guard(() => {
      this.#disk.missed(missedMs);
      this.take.setCongested(this.#disk.congested);
      this.take.tick(atMs, heldFromMs, presentMs);
      this.#tickedMs = this.#host.nowMs();
      this.#lastIndexMs ??= this.#tickedMs;
      const file = this.#disk.listed?.file;
      if (!file) return;
      this.#index(file, this.#tickedMs);
      file.tick(this.#tickedMs, missedMs);
      if (file.failure) throw file.failure;
    });
  }

  /**
   * @param waitingMs how long a packet has been due, undefined when none is
   * @param streamProblem why the pictures of this file are not recorded
   */
  progress(waitingMs: number | undefined, streamProblem?: ErrorCode): FileProgress {
    const bytes = this.writtenBytes;
    const stalled = waitingMs !== undefined && waitingMs >= STALLED_AFTER_MS;
    const diskStalled = this.#disk.stuckMs(this.#tickedMs) >= DISK_STALLED_AFTER_MS;
    const soundBehind = this.take.soundBehindMs >= SOUND_BEHIND_MS;
    const held = diskStalled ? 'disk-stalled' : soundBehind ? 'sound-behind' : undefined;
    const healthy = stalled || held ? 'stalled' : bytes === 0 ? 'waiting' : 'recording';
    const leftOutForMs = this.#tickedMs - (this.#soundLeftOutMs ?? Number.NEGATIVE_INFINITY);
    const tooFast = leftOutForMs < TOLD_FOR_MS ? 'sound-too-fast' : undefined;
    const { connectionId, source } = this;
    let durationMs = 0;
    this.guard(() => {
      // One that did not fit would have the words on everybody refused.
      durationMs = fileProgressSchema.shape.durationMs.parse(this.take.durationMs);
    });
    // Whatever else is wrong, nothing of this file is kept.
    const problem = this.failure?.code ?? held ?? streamProblem ?? tooFast;
    const state = this.failure ? 'failed' : healthy;
    return { connectionId, source, state, bytes, durationMs, ...(problem && { problem }) };
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
    try {
      if (this.#fate.is === 'going') await this.#complete(atMs, pictures);
    } catch (cause) {
      this.fail(cause);
    }
    if (this.#fate.is === 'failed') await this.#fate.salvaged;
  }

  async abandon(): Promise<void> {
    this.#letGoOfTake();
    await this.#disk.abandon();
  }

  /** The manifest's entry; undefined before the file exists. */
  describe(atMs: number, startedAtMs: number, syncOf: () => ManifestFile['sync']): ManifestFile | undefined {
    if (!this.#disk.listed) return undefined;
    const { file, name, originMs } = this.#disk.listed;
    const { connectionId, source } = this;
    const startOffsetMs = originMs - startedAtMs;
    const bare = bareEntry({ name, connectionId, personName: this.#personName(), source, startOffsetMs });
    this.guard(() => {
      const sync = syncOf();
      const told = {
        bytes: file.writtenBytes,
        ...(sync && { sync }),
      };
      const entry = { ...bare, ...this.take.describe(atMs, startedAtMs), ...told };
      // One that did not fit would make the manifest of everybody unreadable.
      manifestFileSchema.parse(entry);
      this.#described = entry;
    });
    return { ...(this.#described ?? bare), ...(this.#fate.is === 'over' && this.#fate.end) };
  }

  async #complete(atMs: number, pictures: Promise<unknown>): Promise<void> {
    const hasPictures = await inTime(this.#host, PICTURES_WITHIN_MS, pictures);
    const finished = this.take.finish(atMs);
    const hasSound = await inTime(this.#host, SOUND_WITHIN_MS, finished);
    if (!hasSound) this.take.giveUp();
    const metadata = await finished;
    await this.#disk.created();
    const { listed } = this.#disk;
    if (metadata === undefined || !listed || this.#fate.is !== 'going') return;
    if (!hasPictures || !hasSound) this.#host.noted(listed.name, 'end-cut');
    await listed.file.finish(metadata);
    // It may have failed meanwhile.
    this.#end({ state: 'complete' });
    this.#host.changed();
  }

  /** What is in the file is made whole, and the rest goes on without it. Never throws. */
  async #salvage(failure: FileFailure, fault: Fault): Promise<void> {
    this.#letGoOfTake();
    this.#host.failed(this.#nameOrWhose, fault);
    await this.#disk.created();
    if (!this.#disk.listed) return;
    const { file, name } = this.#disk.listed;
    try {
      // A failure of the disk's is told already, or it is what `fault` is.
      await file.finish().catch(() => undefined);
      const repaired = await this.#host.repair(name);
      if (repaired) this.#end({ state: 'recovered', ...repaired }, failure);
      else this.#disk.unlist();
    } catch (cause) {
      // What was written stays as it is: players read up to where it breaks off.
      const durationMs = this.#described?.durationMs ?? 0;
      this.#end({ state: 'recovered', durationMs, bytes: file.writtenBytes }, failure);
      this.#host.failed(name, faultOf(cause));
    }
    this.#host.changed();
  }

  #end(end: FileEnd, failure?: FileFailure): void {
    if (end.state === 'complete' && this.#fate.is !== 'going') return;
    this.#fate = { is: 'over', end, ...(failure && { failure }) };
  }

  get #nameOrWhose(): string {
    return this.name ?? this.connectionId;
  }

  #letGoOfTake(): void {
    try {
      this.take.abandon();
    } catch (cause) {
      this.#host.failed(this.#nameOrWhose, faultOf(cause));
    }
  }

  #index(file: AppendFile, nowMs: number): void {
    if (nowMs - (this.#lastIndexMs ?? nowMs) < INDEX_INTERVAL_MS) return;
    this.#lastIndexMs = nowMs;
    const metadata = this.take.metadata();
    if (metadata) file.overwrite(metadata);
  }

  /** @throws Fault `file-too-fast` when this person writes more than may be */
  #write(chunks: Buffer[]): void {
    if (this.failure) return;
    const nowMs = this.#host.nowMs();
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (!this.#allowance.take(bytes, nowMs)) throw new Fault('file-too-fast');
    this.#disk.append(chunks);
  }
}
