import { AAC_FRAME_SAMPLES, type AacFrame } from './audio-transcoder.ts';
import { type BlockEncoder, FramePlanner } from './frame-planner.ts';
import { type PcmBlock, PcmLine } from './pcm-line.ts';

/** What turns a packet into samples; undefined for a broken one. */
export interface PacketDecoder {
  decode(payload: Buffer): Float32Array[] | undefined;
}

/** One stream's whole way from Opus to AAC, in one process. */
export class StreamTranscoder {
  readonly #decoder: PacketDecoder;
  readonly #line: PcmLine;
  readonly #planner: FramePlanner;
  #broken = 0;

  constructor(options: {
    channels: 1 | 2;
    decoder: PacketDecoder;
    encoder: BlockEncoder;
    silentFrame: Buffer;
    /** Later than 0 when another worker made the frames before. */
    firstFrame: number;
  }) {
    this.#decoder = options.decoder;
    this.#line = new PcmLine(options.channels, options.firstFrame * AAC_FRAME_SAMPLES);
    this.#planner = new FramePlanner(options.encoder, options.silentFrame, options.firstFrame);
  }

  /** Packets that could not be decoded, or had no place on the line. */
  get unused(): number {
    return this.#broken + this.#line.misplaced;
  }

  push(positionSamples: number, payload: Buffer): AacFrame[] {
    const pcm = this.#decoder.decode(payload);
    if (pcm) return this.#plan(this.#line.place(positionSamples, pcm));
    this.#broken += 1;
    return [];
  }

  advance(toSample: number): AacFrame[] {
    return this.#plan(this.#line.advance(toSample));
  }

  finish(endSample: number): AacFrame[] {
    const endFrame = Math.ceil(endSample / AAC_FRAME_SAMPLES);
    const frames = this.#plan(this.#line.finish(endSample));
    return [...frames.filter((frame) => frame.index < endFrame), ...this.#planner.finish(endFrame)];
  }

  #plan(blocks: PcmBlock[]): AacFrame[] {
    return blocks.flatMap((block) => this.#planner.push(block));
  }
}
