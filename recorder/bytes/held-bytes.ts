import { BLOCK_BYTES, giveBlock, takeBlock } from './blocks.ts';

interface Block {
  bytes: Buffer;
  used: number;
  /** Pieces of it that are held. */
  held: number;
}

/**
 * Copies of bytes that wait for their turn, in blocks that are used again, and let go of in the order in which they came.
 * The buffers that they came in die at once: one that waited would outlive the young generation, and V8 counts its bytes until
 * it collects the old one.
 */
export class HeldBytes {
  readonly #blocks: Block[] = [];

  /** A copy, good until `release` has come to it. */
  hold(piece: Buffer): Buffer {
    const block = this.#blockFor(piece.length);
    const start = block.used;
    block.used += piece.copy(block.bytes, start);
    block.held += 1;
    return block.bytes.subarray(start, block.used);
  }

  /** Lets go of the oldest so many pieces. */
  release(count: number): void {
    for (let left = count; left > 0; ) {
      const oldest = this.#blocks[0];
      if (!oldest) return;
      const released = Math.min(left, oldest.held);
      oldest.held -= released;
      left -= released;
      if (oldest.held > 0) return;
      this.#blocks.shift();
      if (oldest.bytes.length === BLOCK_BYTES) giveBlock(oldest.bytes);
    }
  }

  #blockFor(length: number): Block {
    const last = this.#blocks.at(-1);
    if (last && last.used + length <= last.bytes.length) return last;
    const bytes = length > BLOCK_BYTES ? Buffer.allocUnsafeSlow(length) : takeBlock();
    const block = { bytes, used: 0, held: 0 };
    this.#blocks.push(block);
    return block;
  }
}
