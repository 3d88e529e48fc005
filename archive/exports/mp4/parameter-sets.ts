import { Malformed } from '#recorder/bytes/malformed.ts';
import { isSps } from './flv-media.ts';

/** A file that has more is one by which somebody wants to fill our memory: the rest is found in band. */
export const MAX_DESCRIPTIONS = 256;

/** An AVCDecoderConfigurationRecord counts no more, and no longer ones (ISO/IEC 14496-15 §5.3.3.1). */
const MOST = { sps: 31, pps: 255, bytes: 0xffff };

/** The parameter sets that pictures are decoded with: those of one sample description. */
export interface ParameterSets {
  sps: Buffer[];
  pps: Buffer[];
}

/**
 * The different parameter sets of a track in the order of their first use. A picture belongs to a description from a keyframe
 * on, since a decoder begins anew with each.
 */
export class Descriptions {
  readonly #all: ParameterSets[] = [];
  readonly #numbers = new Map<string, number>();
  /** As they came last: those of the next keyframe, when it brings none itself. */
  #last: Buffer[] = [];
  #current = 0;
  #areWhole = true;

  get all(): readonly ParameterSets[] {
    return this.#all;
  }

  /** Whether they alone suffice: nothing that is needed stands in band only. */
  get areWhole(): boolean {
    return this.#areWhole;
  }

  /**
   * @param sets that came with the picture, if any. @returns the number of its description, counted from 1
   * @throws Malformed for a picture that nothing describes, or that more does than a description holds
   */
  of({ isKeyframe, sets }: { isKeyframe: boolean; sets: readonly Buffer[] }): number {
    const brought = distinct(sets);
    if (brought.length > 0 && !isSame(brought, this.#last)) {
      this.#last = brought;
      if (!isKeyframe) this.#areWhole = false;
    }
    if (isKeyframe) this.#current = this.#number();
    if (this.#current === 0) throw new Malformed('a picture before the first keyframe');
    return this.#current;
  }

  #number(): number {
    const key = this.#last.map((nal) => nal.toString('base64')).join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#all.length === MAX_DESCRIPTIONS) {
      this.#areWhole = false;
      return this.#current;
    }
    // Copied: what they are a part of is the whole tag.
    const copies = this.#last.map((nal) => Buffer.from(nal));
    const [sps, pps] = [copies.filter(isSps), copies.filter((nal) => !isSps(nal))];
    const fits =
      sps.length <= MOST.sps && pps.length <= MOST.pps && copies.every(({ length }) => length <= MOST.bytes);
    if (sps.length === 0 || !fits) throw new Malformed(`${sps.length} and ${pps.length} parameter sets`);
    this.#all.push({ sps, pps });
    this.#numbers.set(key, this.#all.length);
    return this.#all.length;
  }
}

function distinct(sets: readonly Buffer[]): Buffer[] {
  return sets.filter((nal, index) => sets.findIndex((other) => other.equals(nal)) === index);
}

const isSame = (some: readonly Buffer[], others: readonly Buffer[]): boolean =>
  some.length === others.length && some.every((nal, index) => others[index]?.equals(nal));
