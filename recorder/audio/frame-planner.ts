import type { SoundFrame } from './audio-transcoder.ts';
import type { PcmBlock } from './pcm-line.ts';

/** An AAC encoder that takes 1024 samples and answers a frame, or none yet. */
export interface BlockEncoder {
  /** @param channels undefined for silence */
  encode(channels: Float32Array[] | undefined): Buffer | undefined;
}

/**
 * Encodes blocks where there is sound, and uses a prepared frame where there is none. AAC windows overlap: frame i is
 * made of blocks i and i + 1, so the prepared frame may only stand where both are silent; and the encoder looks one
 * block ahead, so what it answers when block n is fed is the frame of the two blocks fed before. A block is fed when
 * one of the two before it, itself or the next one has sound.
 */
export class FramePlanner {
  readonly #encoder: BlockEncoder;
  readonly #silentFrame: Buffer;
  readonly #sound = new Map<number, boolean>();
  readonly #encoded = new Map<number, Buffer>();
  /** A silent block whose successor is not known yet. */
  #held: PcmBlock | undefined;
  #fed: number[] = [];
  #nextFrame: number;
  #nextBlock: number;

  constructor(encoder: BlockEncoder, silentFrame: Buffer, firstFrame = 0) {
    this.#encoder = encoder;
    this.#silentFrame = silentFrame;
    this.#nextFrame = firstFrame;
    this.#nextBlock = firstFrame;
  }

  /** No frame waits for what follows but one that begins in silence. */
  get isSilent(): boolean {
    return this.#nextFrame === this.#nextBlock - 1 && this.#sound.get(this.#nextFrame) === false;
  }

  /** Blocks come in order, without holes. Answers the frames that are ready, in order. */
  push(block: PcmBlock): SoundFrame[] {
    const hasSound = block.channels !== undefined;
    this.#sound.set(block.index, hasSound);
    this.#nextBlock = block.index + 1;
    this.#settle(hasSound);
    if (hasSound) this.#feed(block);
    else this.#held = block;
    return this.#collect();
  }

  /** The frames up to `endFrame`, not included; silence follows what was pushed. */
  finish(endFrame: number): SoundFrame[] {
    const frames: SoundFrame[] = [];
    while (this.#nextFrame < endFrame)
      frames.push(...this.push({ index: this.#nextBlock, channels: undefined }));
    return frames.filter((frame) => frame.index < endFrame);
  }

  /** Feeds the silent block that was held, or skips it, now that its successor is known. */
  #settle(nextHasSound: boolean): void {
    const held = this.#held;
    this.#held = undefined;
    if (!held) return;
    if (nextHasSound || this.#sound.get(held.index - 1) || this.#sound.get(held.index - 2)) this.#feed(held);
  }

  #feed(block: PcmBlock): void {
    const frame = this.#encoder.encode(block.channels);
    const [older, newer] = this.#fed.slice(-2);
    this.#fed = [...this.#fed.slice(-1), block.index];
    if (frame && older !== undefined && newer === older + 1) this.#encoded.set(older, frame);
  }

  #collect(): SoundFrame[] {
    const frames: SoundFrame[] = [];
    for (;;) {
      const index = this.#nextFrame;
      const [here, next] = [this.#sound.get(index), this.#sound.get(index + 1)];
      const silent = here === false && next === false;
      const data = silent ? this.#silentFrame : this.#encoded.get(index);
      if (!data) return frames;
      frames.push({ index, data });
      this.#encoded.delete(index);
      this.#sound.delete(index - 2);
      this.#nextFrame += 1;
    }
  }
}
