import { type FileHandle, open } from 'node:fs/promises';
import { Fault } from '#protocol/errors.ts';
import { WaitingBytes } from './waiting-bytes.ts';

/** Bytes that may wait for a slow disk; what comes on top is refused, and the file ends there. */
export const MAX_PENDING_BYTES = 32 * 1024 * 1024;
/** From here on the file is congested, until this much is left: who writes pictures leaves some out. */
export const CONGESTED_BYTES = 16 * 1024 * 1024;
export const RELIEVED_BYTES = 1024 * 1024;
/** More than this pending is written at once instead of at the next interval. */
export const WRITE_THRESHOLD_BYTES = 256 * 1024;
/** While a file is younger than this, its bytes are written at once: who pressed Record waits for them. */
export const PROMPT_MS = 2000;
/** Later they are written at least this often [D6]. */
export const WRITE_INTERVAL_MS = 250;
/** What a power cut can cost [D6]. */
export const SYNC_INTERVAL_MS = 2000;

/** Overwrites bytes that are already in the file, without changing its length. */
export interface Patch {
  offset: number;
  bytes: Buffer;
}

/**
 * A file that only grows until it is finished. Appending never waits: bytes queue up, bounded, while one write at a
 * time is under way. The owner calls `tick` regularly; there is no timer in here.
 */
export class AppendFile {
  readonly #handle: FileHandle;
  readonly #mayWrite: () => boolean;
  readonly #pending = new WaitingBytes();
  #patch: Patch | undefined;
  #writtenBytes = 0;
  #firstMs: number | undefined;
  #lastWriteMs = 0;
  #lastSyncMs = 0;
  #syncedBytes = 0;
  #work: Promise<void> = Promise.resolve();
  #busy = false;
  #congested = false;
  #hasTaken = false;
  #takenMs: number | undefined;
  #failure: Error | undefined;
  #finished: Promise<void> | undefined;

  private constructor(handle: FileHandle, mayWrite: () => boolean) {
    this.#handle = handle;
    this.#mayWrite = mayWrite;
  }

  /**
   * Creates the file.
   * @param mayWrite asked before each write, since a process that slept meets what came meanwhile before any of its timers;
   * while it says no, what comes is kept as for a slow disk
   * @throws NodeJS.ErrnoException `EEXIST` when the name is taken: nothing is ever overwritten.
   */
  static async create(path: string, mayWrite: () => boolean = () => true): Promise<AppendFile> {
    return new AppendFile(await open(path, 'wx'), mayWrite);
  }

  /** Bytes that the operating system has taken. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** True while the disk does not keep up, long before anything is refused. */
  get congested(): boolean {
    return this.#congested;
  }

  /** How long something has waited without the disk taking any of it, as of `nowMs`. Told by `tick`, so it is as old as that. */
  stuckMs(nowMs: number): number {
    return this.#takenMs === undefined ? 0 : nowMs - this.#takenMs;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Copies these bytes. After a failure they are dropped. */
  append(chunks: readonly Buffer[], nowMs: number): void {
    if (this.#failure || this.#finished) return;
    for (const chunk of chunks) this.#pending.append(chunk);
    const { length } = this.#pending;
    if (length > CONGESTED_BYTES) this.#congested = true;
    if (length > MAX_PENDING_BYTES) {
      this.#fail(new Fault('storage-unwritable', 'The disk is too slow: this file ends here.'));
    } else if (this.#isPrompt(nowMs) || length >= WRITE_THRESHOLD_BYTES) {
      this.#startWork(nowMs);
    }
  }

  /** Overwrites these bytes once all that was appended so far is in the file; a later one takes the place of one that waits. */
  overwrite(patch: Patch): void {
    this.#patch = patch;
  }

  /** Whether what waits is to be written by now, and may be. */
  isDue(nowMs: number): boolean {
    return !this.#busy && (this.#isPrompt(nowMs) || nowMs - this.#lastWriteMs >= WRITE_INTERVAL_MS);
  }

  /** Writes and syncs what is due. @param missedMs we did not run for so long before: the disk is not to blame for it */
  tick(nowMs: number, missedMs = 0): void {
    if (this.#takenMs !== undefined) this.#takenMs += missedMs;
    const isWaiting = this.#pending.length > 0 || this.#patch !== undefined;
    if (this.#hasTaken || (!isWaiting && !this.#busy)) this.#takenMs = nowMs;
    this.#hasTaken = false;
    const writeDue = isWaiting && this.isDue(nowMs);
    const syncDue = this.#syncedBytes < this.#writtenBytes && nowMs - this.#lastSyncMs >= SYNC_INTERVAL_MS;
    if (writeDue || syncDue) this.#startWork(nowMs);
  }

  /** Lets go of the file as it is: it belongs to another process now. */
  abandon(): Promise<void> {
    this.#fail(new Fault('recording-owned'));
    this.#finished ??= this.#work.then(() => this.#handle.close());
    return this.#finished;
  }

  /**
   * Writes what is pending, applies the patch, syncs and closes. Memoised.
   * @throws Error the first failure of this file, after closing it; what was written before stays.
   */
  finish(patch?: Patch): Promise<void> {
    this.#finished ??= this.#finish(patch);
    return this.#finished;
  }

  async #finish(patch: Patch | undefined): Promise<void> {
    await this.#work;
    try {
      if (!this.#failure) {
        this.#patch = patch;
        await this.#writePending();
      }
      await this.#handle.datasync();
    } catch (cause) {
      this.#fail(asError(cause));
    } finally {
      await this.#handle.close();
    }
    if (this.#failure) throw this.#failure;
  }

  #isPrompt(nowMs: number): boolean {
    this.#firstMs ??= nowMs;
    return nowMs - this.#firstMs < PROMPT_MS;
  }

  #startWork(nowMs: number): void {
    if (this.#busy || this.#failure || this.#finished || !this.#mayWrite()) return;
    this.#busy = true;
    this.#lastWriteMs = nowMs;
    const syncDue = nowMs - this.#lastSyncMs >= SYNC_INTERVAL_MS;
    if (syncDue) this.#lastSyncMs = nowMs;
    this.#work = this.#writePending()
      .then(async () => {
        if (!syncDue) return;
        const bytes = this.#writtenBytes;
        await this.#handle.datasync();
        this.#syncedBytes = bytes;
        this.#hasTaken = true;
      })
      .catch((cause: unknown) => this.#fail(asError(cause)))
      .finally(() => {
        this.#busy = false;
        if (this.#pending.length <= RELIEVED_BYTES) this.#congested = false;
      });
  }

  async #writePending(): Promise<void> {
    const patch = this.#patch;
    this.#patch = undefined;
    await this.#pending.drain(async (bytes) => {
      await this.#writeAll(bytes, this.#writtenBytes);
      this.#writtenBytes += bytes.length;
      this.#hasTaken = true;
    });
    if (patch) await this.#writeAll(patch.bytes, patch.offset);
  }

  /** One write may take less than it was given. */
  async #writeAll(bytes: Buffer, position: number): Promise<void> {
    let offset = 0;
    while (offset < bytes.length) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        offset,
        bytes.length - offset,
        position + offset,
      );
      offset += bytesWritten;
    }
  }

  #fail(cause: Error): void {
    this.#failure ??= cause;
    this.#pending.clear();
  }
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
