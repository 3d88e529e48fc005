import { BLOCK_BYTES, giveBlock, takeBlock } from '../bytes/blocks.ts';

/**
 * Bytes on their way to a file, laid end to end in blocks that are used again. What comes in is copied and let go of at once:
 * if it had to wait for its write, it would outlive the young generation, and hundreds of those a second keep the collector
 * of the old one busy all the time.
 */
export class WaitingBytes {
  #blocks: Buffer[] = [];
  /** Of the last block. */
  #used = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      const count = chunk.copy(this.#blockWithRoom(), this.#used, from);
      this.#used += count;
      from += count;
    }
    this.#length += chunk.length;
  }

  /**
   * Hands what waits now to `write`, a block at a time, in order. What comes meanwhile waits for the next time.
   * @throws whatever `write` rejects with; the blocks after that one are lost
   */
  async drain(write: (bytes: Buffer) => Promise<void>): Promise<void> {
    const [blocks, used] = [this.#blocks, this.#used];
    this.clear();
    for (const [index, block] of blocks.entries()) {
      await write(index === blocks.length - 1 ? block.subarray(0, used) : block);
      giveBlock(block);
    }
  }

  clear(): void {
    this.#blocks = [];
    this.#used = 0;
    this.#length = 0;
  }

  #blockWithRoom(): Buffer {
    const last = this.#blocks.at(-1);
    if (last && this.#used < BLOCK_BYTES) return last;
    const block = takeBlock();
    this.#blocks.push(block);
    this.#used = 0;
    return block;
  }
}
