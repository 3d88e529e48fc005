import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { type AppendFile, CONGESTED_BYTES, MAX_PENDING_BYTES } from '../storage/append-file.ts';

/** Where a file's bytes are. */
type Disk =
  /** Nothing has come, or the disk refused it. */
  | { is: 'none' }
  | { is: 'creating'; early: EarlyBytes; created: Promise<void> }
  | { is: 'open'; file: AppendFile; name: string; originMs: number }
  /** It holds no media: it stays where it is, and nobody is told of it. */
  | { is: 'unlisted'; file: AppendFile };

/** What the session does for a file on its way to disk. */
export interface DiskHost extends Pick<Clock, 'nowMs'> {
  /** Creates the file on disk. */
  create(originMs: number): Promise<{ name: string; file: AppendFile }>;
  /** The manifest has news of this file: it exists, it ended. */
  changed(): void;
}

/** A file's bytes on their way to disk: kept in order while it is being created, then appended. */
export class FileOnDisk {
  readonly #host: DiskHost;
  readonly #onFailed: (cause: unknown) => void;
  #disk: Disk = { is: 'none' };

  /** @param onFailed it could not be created, or what came meanwhile not be taken */
  constructor(host: DiskHost, onFailed: (cause: unknown) => void) {
    this.#host = host;
    this.#onFailed = onFailed;
  }

  /** As the manifest lists it; undefined before it exists, and when it holds no media. */
  get listed(): Readonly<Extract<Disk, { is: 'open' }>> | undefined {
    return this.#disk.is === 'open' ? this.#disk : undefined;
  }

  /** Whether the disk still owes it: it may come to be, whatever became of its take. */
  get isBeingCreated(): boolean {
    return this.#disk.is === 'creating';
  }

  get writtenBytes(): number {
    return 'file' in this.#disk ? this.#disk.file.writtenBytes : 0;
  }

  get congested(): boolean {
    return this.#waiting?.congested ?? false;
  }

  /** How long the disk has taken nothing of what waits for it. */
  stuckMs(nowMs: number): number {
    return this.#waiting?.stuckMs(nowMs) ?? 0;
  }

  /** Its first tag is of this instant on the SFU's clock. */
  begin(originMs: number): void {
    const early = new EarlyBytes(this.#host.nowMs());
    this.#disk = { is: 'creating', early, created: this.#open(originMs, early) };
  }

  /** Copies these bytes. @throws Fault `storage-unwritable` when too much waits */
  append(chunks: readonly Buffer[]): void {
    if (this.#disk.is === 'open') this.#disk.file.append(chunks, this.#host.nowMs());
    else if (this.#disk.is === 'creating') this.#disk.early.append(chunks);
  }

  /** We did not run for so long: the disk is not to blame for what it owes. */
  missed(ms: number): void {
    if (this.#disk.is === 'creating') this.#disk.early.missed(ms);
  }

  /** Resolves once the disk owes it no more. Never throws. */
  async created(): Promise<void> {
    if (this.#disk.is === 'creating') await this.#disk.created;
  }

  unlist(): void {
    if (this.#disk.is === 'open') this.#disk = { is: 'unlisted', file: this.#disk.file };
  }

  /** Lets go of it as it is. */
  async abandon(): Promise<void> {
    await this.created();
    if ('file' in this.#disk) await this.#disk.file.abandon();
  }

  async #open(originMs: number, early: EarlyBytes): Promise<void> {
    try {
      const { name, file } = await this.#host.create(originMs);
      this.#disk = { is: 'open', file, name, originMs };
      file.append(early.chunks, this.#host.nowMs());
      this.#host.changed();
    } catch (cause) {
      if (this.#disk.is === 'creating') this.#disk = { is: 'none' };
      this.#onFailed(cause);
    }
  }

  /** Where what comes waits for the disk. */
  get #waiting(): Pick<AppendFile, 'congested' | 'stuckMs'> | undefined {
    if (this.#disk.is === 'creating') return this.#disk.early;
    return 'file' in this.#disk ? this.#disk.file : undefined;
  }
}

/** What comes while its file is being created, which a disk that hangs puts off: held to what may wait for a file. */
class EarlyBytes {
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  get chunks(): readonly Buffer[] {
    return this.#chunks;
  }

  get congested(): boolean {
    return this.#length > CONGESTED_BYTES;
  }

  /** How long the disk has owed the file. */
  stuckMs(nowMs: number): number {
    return nowMs - this.#sinceMs;
  }

  /** We did not run for so long: the disk is not to blame for it. */
  missed(ms: number): void {
    this.#sinceMs += ms;
  }

  /** Copies these bytes. @throws Fault `storage-unwritable` beyond what may wait */
  append(chunks: readonly Buffer[]): void {
    for (const chunk of chunks) {
      this.#length += chunk.length;
      if (this.#length > MAX_PENDING_BYTES)
        throw new Fault('storage-unwritable', 'The disk is too slow: this file ends here.');
      this.#chunks.push(Buffer.from(chunk));
    }
  }
}
