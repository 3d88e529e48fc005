import { AAC_FRAME_SAMPLES } from './audio-transcoder.ts';

/** The Opus encoder's look-ahead as libopus and the browsers have it: decoded sound is late by it (RFC 7845 §4.2). */
export const OPUS_LOOKAHEAD_SAMPLES = 312;
/** Nearer than this to where the line is, a packet continues it, and the rest is slewed away: 20 ms. */
export const CONTINUITY_SAMPLES = 960;
/** Samples added or dropped in one packet to follow the sender's clock: 0.2 % of 20 ms cannot be heard. */
export const MAX_SLEW_SAMPLES = 2;
/** Over a hole the sound is faded, not cut: 2 ms. */
const FADE_SAMPLES = 96;

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
  /** True while the line ends in sound. */
  #sounding = false;

  /** @param firstSample where the line begins, a multiple of 1024: what lies before it is not laid */
  constructor(channels: number, firstSample = 0) {
    this.#channels = channels;
    this.#next = firstSample;
  }

  /** @param position of the first sample on the file's line, before the look-ahead is taken off */
  place(position: number, pcm: readonly Float32Array[]): PcmBlock[] {
    const blocks: PcmBlock[] = [];
    const at = Math.round(position) - OPUS_LOOKAHEAD_SAMPLES;
    const gap = at - this.#next;
    if (this.#sounding && Math.abs(gap) <= CONTINUITY_SAMPLES) {
      const slew = Math.max(-MAX_SLEW_SAMPLES, Math.min(MAX_SLEW_SAMPLES, gap));
      this.#join(slew, pcm, blocks);
      return blocks;
    }
    if (gap > 0) this.#silence(at, blocks);
    const length = pcm[0]?.length ?? 0;
    const from = Math.max(0, this.#next - at);
    if (from >= length) return blocks;
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
    this.#silence(Math.ceil(endSample / AAC_FRAME_SAMPLES) * AAC_FRAME_SAMPLES, blocks);
    if (this.#next % AAC_FRAME_SAMPLES !== 0) this.#silence(this.#blockEnd(), blocks);
    return blocks;
  }

  #join(slew: number, pcm: readonly Float32Array[], blocks: PcmBlock[]): void {
    if (slew < 0)
      this.#write(
        pcm.map((samples) => samples.subarray(-slew)),
        blocks,
      );
    else {
      // The first sample stands for those that are added: at most two, which is no step.
      if (slew > 0)
        this.#write(
          pcm.map((samples) => new Float32Array(slew).fill(samples[0] ?? 0)),
          blocks,
        );
      this.#write(pcm, blocks);
    }
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
  }

  #silence(toSample: number, blocks: PcmBlock[]): void {
    if (toSample <= this.#next) return;
    if (this.#sounding) this.#fadeOut();
    this.#sounding = false;
    while (this.#next < toSample) this.#step(Math.min(this.#blockEnd(), toSample) - this.#next, blocks);
  }

  /** Only what is still in the open block can be faded: the rest is on its way. */
  #fadeOut(): void {
    const end = this.#next % AAC_FRAME_SAMPLES;
    const count = Math.min(FADE_SAMPLES, end);
    for (const channel of this.#block ?? []) {
      for (let i = 0; i < count; i += 1) channel[end - 1 - i] = ((channel[end - 1 - i] ?? 0) * i) / count;
    }
  }

  #step(count: number, blocks: PcmBlock[]): void {
    this.#next += count;
    if (this.#next % AAC_FRAME_SAMPLES !== 0) return;
    blocks.push({ index: this.#next / AAC_FRAME_SAMPLES - 1, channels: this.#block });
    this.#block = undefined;
  }

  #open(): Float32Array[] {
    this.#block ??= Array.from({ length: this.#channels }, () => new Float32Array(AAC_FRAME_SAMPLES));
    return this.#block;
  }

  #blockEnd(): number {
    return (Math.floor(this.#next / AAC_FRAME_SAMPLES) + 1) * AAC_FRAME_SAMPLES;
  }
}

function fadeIn(samples: Float32Array): void {
  const count = Math.min(FADE_SAMPLES, samples.length);
  for (let i = 0; i < count; i += 1) samples[i] = ((samples[i] ?? 0) * i) / count;
}
