import { Malformed } from '../bytes/malformed.ts';
import { hasRedundancy, parseOpusToc } from '../depacketize/opus-toc.ts';
import { MAX_CONCEALED_SAMPLES } from './audio-transcoder.ts';
import { fadeAway } from './pcm.ts';
import { type PcmBlock, PcmLine } from './pcm-line.ts';

/** What turns packets into samples, and makes up for those that were lost; undefined where it cannot. See OpusDecoder. */
export interface PacketDecoder {
  decode(payload: Buffer): Float32Array[] | undefined;
  conceal(samples: number, next: Buffer | undefined): Float32Array[] | undefined;
}

/**
 * Packets on the file's sample line, and what is heard instead of those that were lost: exactly in their place, so that
 * nothing moves in time.
 */
export class PacketLine {
  readonly #decoder: PacketDecoder;
  readonly #line: PcmLine;
  #lostSamples = 0;
  #broken = 0;

  /** @param firstSample see PcmLine */
  constructor(channels: 1 | 2, decoder: PacketDecoder, firstSample: number) {
    this.#decoder = decoder;
    this.#line = new PcmLine(channels, firstSample);
  }

  /** Packets that could not be decoded, or had no place on the line. */
  get unused(): number {
    return this.#broken + this.#line.misplaced;
  }

  get isSilent(): boolean {
    return this.#lostSamples === 0 && this.#line.isSilent;
  }

  /** So much sound right before the next packet was lost. */
  lose(samples: number): void {
    this.#lostSamples += samples;
  }

  push(positionSamples: number, payload: Buffer): PcmBlock[] {
    const blocks = this.#lostSamples > 0 ? this.#bridge(positionSamples, this.#lostSamples, payload) : [];
    this.#lostSamples = 0;
    const pcm = this.#decoder.decode(payload);
    if (pcm) return [...blocks, ...this.#line.place(positionSamples, pcm)];
    this.#broken += 1;
    this.#lostSamples = samplesOf(payload);
    return blocks;
  }

  advance(toSample: number): PcmBlock[] {
    return this.#line.advance(toSample);
  }

  finish(endSample: number): PcmBlock[] {
    return this.#line.finish(endSample);
  }

  /**
   * A hole that can be concealed whole is. Of a longer one, or one behind silence, the beginning is concealed where it continues
   * sound, and fades away; and the end is heard when `next` brings it.
   */
  #bridge(position: number, lost: number, next: Buffer): PcmBlock[] {
    const from = position - lost;
    const continues = this.#line.isContinuedAt(from);
    if (continues && lost <= MAX_CONCEALED_SAMPLES) {
      const pcm = this.#decoder.conceal(lost, next);
      return pcm ? this.#line.place(from, pcm) : this.#line.advance(position);
    }
    const begin = continues ? this.#decoder.conceal(MAX_CONCEALED_SAMPLES, undefined) : undefined;
    const endSamples = hasRedundancy(next) ? parseOpusToc(next).frameTicks : 0;
    const end = endSamples <= lost ? this.#decoder.conceal(endSamples, next) : undefined;
    return [
      ...(begin ? this.#line.place(from, fadeAway(begin)) : []),
      ...this.#line.advance(end ? position - endSamples : position),
      ...(end ? this.#line.place(position - endSamples, end) : []),
    ];
  }
}

/** How long a packet says it lasts. */
function samplesOf(payload: Buffer): number {
  try {
    return parseOpusToc(payload).durationTicks;
  } catch (cause) {
    if (cause instanceof Malformed) return 0;
    throw cause;
  }
}
