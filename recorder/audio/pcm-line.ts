import { AAC_FRAME_SAMPLES } from './audio-transcoder.ts';
import { isSilence, slewed } from './pcm.ts';

/** The Opus encoder's look-ahead as libopus and the browsers have it: decoded sound is late by it (RFC 7845 §4.2). */
export const OPUS_LOOKAHEAD_SAMPLES = 312;
/** Nearer than this to where the line is, a packet continues it, and the rest is slewed away: 20 ms. */
export const CONTINUITY_SAMPLES = 960;
/** A packet this near to its place is left there: 0.25 ms. */
export const SLACK_SAMPLES = 12;
/** Samples added or dropped in one packet that is far from its place: 0.4 % of 20 ms, seven cents of pitch for a moment. */
export const MAX_SLEW_SAMPLES = 4;
/** Off by more than this, a packet is moved by the most that is allowed: 2 ms. */
const FAST_SLEW_SAMPLES = 96;
/** Further ahead of the line than any delay explains, a position is wrong: a minute. */
export const MAX_AHEAD_SAMPLES = 60 * 48_000;
/** Over a hole the sound is faded, not cut: 2 ms. */
export const FADE_SAMPLES = 96;

/** 1024 samples of each channel; undefined when nothing but silence is in them. */
export interface PcmBlock {
  index: number;
  channels: Float32Array[] | undefined;
}

/**
 * Lays decoded packets on the file's sample line and cuts it into blocks. A packet that continues the sound is joined
 * to it; one that comes after a hole is set where it belongs, with silence in between; what overlaps is cut.
 */
export class PcmLine {
  readonly #channels: number;
  /** The first sample that is not laid yet. */
  #next: number;
  #block: Float32Array[] | undefined;
  /** Complete, but kept until it is known that its end is not to be faded. */
  #held: PcmBlock | undefined;
  /** True while the line ends in sound. */
  #sounding = false;
  /** Packets that were not laid because of their position. */
  misplaced = 0;

  /** @param firstSample where the line begins, a multiple of 1024: what lies before it is not laid */
  constructor(channels: number, firstSample = 0) {
    this.#channels = channels;
    this.#next = firstSample;
  }

  /** It ends in silence, and so does all that was laid on it and not released. */
  get isSilent(): boolean {
    return !this.#sounding && !this.#block && !this.#held;
  }

  /** Whether a packet at this position would be joined to the sound before it. */
  isContinuedAt(position: number): boolean {
    return this.#sounding && Math.abs(this.#gapTo(position)) <= CONTINUITY_SAMPLES;
  }

  /** @param position of the first sample on the file's line, before the look-ahead is taken off */
  place(position: number, pcm: readonly Float32Array[]): PcmBlock[] {
    const blocks: PcmBlock[] = [];
    const gap = this.#gapTo(position);
    if (this.isContinuedAt(position)) {
      this.#write(slewed(pcm, slew(gap)), blocks);
      return blocks;
    }
    const length = pcm[0]?.length ?? 0;
    const from = Math.max(0, -gap);
    // `!(a <= b)` also holds for a position that is no number.
    if (from >= length || !(gap <= MAX_AHEAD_SAMPLES)) {
      this.misplaced += 1;
      return blocks;
    }
    if (gap > 0) this.#silence(this.#next + gap, blocks);
    const fresh = pcm.map((samples) => Float32Array.from(samples.subarray(from)));
    if (!this.#sounding) for (const samples of fresh) fadeIn(samples);
    this.#write(fresh, blocks);
    return blocks;
  }

  /** Silence up to this sample, where nothing is yet. @param toSample before the look-ahead is taken off */
  advance(toSample: number): PcmBlock[] {
    const blocks: PcmBlock[] = [];
    this.#silence(Math.floor(toSample) - OPUS_LOOKAHEAD_SAMPLES, blocks);
    return blocks;
  }

  /** The blocks up to this sample, the last one filled up with silence. */
  finish(endSample: number): PcmBlock[] {
    const blocks: PcmBlock[] = [];
    const end = Math.max(endSample, this.#next);
    this.#silence(Math.ceil(end / AAC_FRAME_SAMPLES) * AAC_FRAME_SAMPLES, blocks);
    this.#release(blocks);
    return blocks;
  }

  /** From the end of the line to this position, before the look-ahead is taken off. */
  #gapTo(position: number): number {
    return Math.round(position) - OPUS_LOOKAHEAD_SAMPLES - this.#next;
  }

  #write(pcm: readonly Float32Array[], blocks: PcmBlock[]): void {
    const length = pcm[0]?.length ?? 0;
    for (let done = 0; done < length; ) {
      const offset = this.#next % AAC_FRAME_SAMPLES;
      const count = Math.min(AAC_FRAME_SAMPLES - offset, length - done);
      const block = this.#open();
      block.forEach((channel, index) => {
        channel.set((pcm[index] ?? pcm[0] ?? channel).subarray(done, done + count), offset);
      });
      done += count;
      this.#step(count, blocks);
    }
    this.#sounding = true;
    if (this.#next % AAC_FRAME_SAMPLES >= FADE_SAMPLES) this.#release(blocks);
  }

  #silence(toSample: number, blocks: PcmBlock[]): void {
    if (toSample <= this.#next) return;
    if (this.#sounding) this.#fadeOut();
    this.#sounding = false;
    this.#release(blocks);
    while (this.#next < toSample) this.#step(Math.min(this.#blockEnd(), toSample) - this.#next, blocks);
  }

  /** The last samples of the line lie in the open block, the held one, or both. */
  #fadeOut(): void {
    const open = this.#next % AAC_FRAME_SAMPLES;
    for (let i = 0; i < FADE_SAMPLES; i += 1) {
      const at = open - 1 - i;
      const block = at >= 0 ? this.#block : this.#held?.channels;
      const offset = at >= 0 ? at : AAC_FRAME_SAMPLES + at;
      for (const channel of block ?? []) channel[offset] = ((channel[offset] ?? 0) * i) / FADE_SAMPLES;
    }
  }

  #step(count: number, blocks: PcmBlock[]): void {
    this.#next += count;
    if (this.#next % AAC_FRAME_SAMPLES !== 0) return;
    this.#release(blocks);
    this.#held = { index: this.#next / AAC_FRAME_SAMPLES - 1, channels: this.#block };
    this.#block = undefined;
    if (!this.#held.channels) this.#release(blocks);
  }

  #release(blocks: PcmBlock[]): void {
    const block = this.#held;
    this.#held = undefined;
    if (!block) return;
    const sounds = block.channels && !isSilence(block.channels);
    blocks.push(sounds ? block : { index: block.index, channels: undefined });
  }

  #open(): Float32Array[] {
    this.#block ??= Array.from({ length: this.#channels }, () => new Float32Array(AAC_FRAME_SAMPLES));
    return this.#block;
  }

  #blockEnd(): number {
    return (Math.floor(this.#next / AAC_FRAME_SAMPLES) + 1) * AAC_FRAME_SAMPLES;
  }
}

/** By how many samples to stretch a packet that would begin `gap` samples behind the end of the line. */
function slew(gap: number): number {
  if (Math.abs(gap) <= SLACK_SAMPLES) return 0;
  return Math.sign(gap) * (Math.abs(gap) > FAST_SLEW_SAMPLES ? MAX_SLEW_SAMPLES : 1);
}

function fadeIn(samples: Float32Array): void {
  const count = Math.min(FADE_SAMPLES, samples.length);
  for (let i = 0; i < count; i += 1) samples[i] = ((samples[i] ?? 0) * i) / count;
}
