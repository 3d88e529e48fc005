import { Fault } from '#protocol/errors.ts';
import { CONGESTED_BYTES, MAX_PENDING_BYTES } from '../storage/append-file.ts';

/** What comes while its file is being created, which a disk that hangs puts off: held to what may wait for a file. */
export class EarlyBytes {
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
