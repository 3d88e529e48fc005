import { AAC_FRAME_SAMPLES, type SoundFrame } from './audio-transcoder.ts';
import { type BlockEncoder, FramePlanner } from './frame-planner.ts';
import { type PacketDecoder, PacketLine } from './packet-line.ts';
import type { PcmBlock } from './pcm-line.ts';

/** One stream's whole way from Opus to AAC, in one process. */
export class StreamTranscoder {
  readonly #line: PacketLine;
  readonly #planner: FramePlanner;

  constructor(options: {
    channels: 1 | 2;
    decoder: PacketDecoder;
    encoder: BlockEncoder;
    silentFrame: Buffer;
    /** Later than 0 when another worker made the frames before. */
    firstFrame: number;
  }) {
    const { channels, decoder, encoder, firstFrame, silentFrame } = options;
    this.#line = new PacketLine(channels, decoder, firstFrame * AAC_FRAME_SAMPLES);
    this.#planner = new FramePlanner(encoder, silentFrame, firstFrame);
  }

  /** Packets that could not be decoded, or had no place on the line. */
  get unused(): number {
    return this.#line.unused;
  }

  /** Nothing of it sounds, and all of its frames that can be made are: another one could go on for it. */
  get isSilent(): boolean {
    return this.#line.isSilent && this.#planner.isSilent;
  }

  /** So much sound right before the next packet was lost. */
  lose(samples: number): void {
    this.#line.lose(samples);
  }

  push(positionSamples: number, payload: Buffer): SoundFrame[] {
    return this.#plan(this.#line.push(positionSamples, payload));
  }

  advance(toSample: number): SoundFrame[] {
    return this.#plan(this.#line.advance(toSample));
  }

  finish(endSample: number): SoundFrame[] {
    const endFrame = Math.ceil(endSample / AAC_FRAME_SAMPLES);
    const frames = this.#plan(this.#line.finish(endSample));
    return [...frames.filter((frame) => frame.index < endFrame), ...this.#planner.finish(endFrame)];
  }

  #plan(blocks: PcmBlock[]): SoundFrame[] {
    return blocks.flatMap((block) => this.#planner.push(block));
  }
}
