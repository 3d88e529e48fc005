import { Malformed } from '#recorder/bytes/malformed.ts';
import { fullBox, u16, u32, u32s, u64s } from './box.ts';

/** That a sample lasts: 32 bits (§8.6.1.2). */
const MOST_TICKS = 0xffffffff;

/** A sample of a track. */
export interface Sample {
  atTicks: number;
  bytes: number;
  /** Whether decoding can begin with it. */
  isSync: boolean;
  /** By which sample description, counted from 1. */
  description: number;
}

/**
 * What a track says of its samples (ISO/IEC 14496-12 §8.6, §8.7). Numbers alone are held, some thirty bytes for a sample: ten
 * megabytes for an hour.
 */
export class SampleTable {
  readonly #sizes: number[] = [];
  readonly #syncSamples: number[] = [];
  /** Of each chunk, samples that lie behind one another and have one description: how many there are, and which it is. */
  readonly #chunkSamples: number[] = [];
  readonly #chunkDescriptions: number[] = [];
  readonly #durations: { ticks: number; count: number }[] = [];
  #startTicks = 0;
  /** When the last sample began, or ended. */
  #endTicks = 0;

  get count(): number {
    return this.#sizes.length;
  }

  /** When the first sample begins. */
  get startTicks(): number {
    return this.#startTicks;
  }

  get endTicks(): number {
    return this.#endTicks;
  }

  /**
   * The sample before lasts until this one begins.
   * @throws Malformed when that is longer than can be told
   * @param continues whether it lies right behind the sample before. @returns whether it began a chunk
   */
  add({ atTicks, bytes, description, isSync }: Sample, continues: boolean): boolean {
    if (this.count === 0) this.#startTicks = atTicks;
    else this.#lastUntil(atTicks);
    this.#endTicks = atTicks;
    this.#sizes.push(bytes);
    if (isSync) this.#syncSamples.push(this.count);
    const last = this.#chunkSamples.length - 1;
    if (continues && this.#chunkDescriptions[last] === description) {
      this.#chunkSamples[last] = (this.#chunkSamples[last] ?? 0) + 1;
      return false;
    }
    this.#chunkSamples.push(1);
    this.#chunkDescriptions.push(description);
    return true;
  }

  /** When the last sample ends; it lasts a tick at least. */
  end(atTicks: number): void {
    if (this.count > 0) this.#lastUntil(Math.max(atTicks, this.#endTicks + 1));
  }

  /** How long each chunk is, in order. */
  *chunkBytes(): Generator<number> {
    let sample = 0;
    for (const samples of this.#chunkSamples) {
      let bytes = 0;
      for (const end = sample + samples; sample < end; sample += 1) bytes += this.#sizes[sample] ?? 0;
      yield bytes;
    }
  }

  /**
   * The boxes of `stbl` but for the descriptions. @param offsets of each chunk, in the file
   * @param preRoll so many samples before one are decoded first (§10.1)
   */
  boxes(offsets: readonly number[], tellSync: boolean, preRoll = 0): Buffer[] {
    const toChunks: number[] = [];
    this.#chunkSamples.forEach((samples, index) => {
      const description = this.#chunkDescriptions[index] ?? 1;
      const [before, was] = [toChunks.at(-2), toChunks.at(-1)];
      if (before !== samples || was !== description) toChunks.push(index + 1, samples, description);
    });
    const durations = this.#durations.flatMap(({ count, ticks }) => [count, ticks]);
    return [
      fullBox('stts', 0, 0, u32(this.#durations.length), u32s(durations)),
      ...(tellSync ? [fullBox('stss', 0, 0, u32(this.#syncSamples.length), u32s(this.#syncSamples))] : []),
      fullBox('stsc', 0, 0, u32(toChunks.length / 3), u32s(toChunks)),
      fullBox('stsz', 0, 0, u32(0, this.count), u32s(this.#sizes)),
      fullBox('co64', 0, 0, u32(offsets.length), u64s(offsets)),
      ...(preRoll > 0
        ? [
            fullBox('sgpd', 1, 0, Buffer.from('roll'), u32(2, 1), u16(0x10000 - preRoll)),
            fullBox('sbgp', 0, 0, Buffer.from('roll'), u32(1, this.count, 1)),
          ]
        : []),
    ];
  }

  #lastUntil(atTicks: number): void {
    const ticks = atTicks - this.#endTicks;
    if (ticks > MOST_TICKS) throw new Malformed('a hole of days');
    const last = this.#durations.at(-1);
    if (last?.ticks === ticks) last.count += 1;
    else this.#durations.push({ ticks, count: 1 });
    this.#endTicks = atTicks;
  }
}
