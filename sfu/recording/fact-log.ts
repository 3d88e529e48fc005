import type { Fact, FactBody } from '../../protocol/recorder.ts';

/** Facts kept of one recording: 100,000 are a day of lively talk, about 15 MB. */
export const MAX_FACTS = 100_000;
/** Who speaks is what there is most of: it leaves room for what must not be missing, such as consent. */
export const MAX_FACTS_WITH_SPEAKERS = 90_000;

/** What has happened in a recording, numbered from 1 without holes; kept until it ends, for whoever must hear it again. */
export class FactLog {
  readonly #facts: Fact[] = [];
  readonly #limits: { all: number; speakers: number };
  readonly #before: number;
  /** Facts for which there was no room. */
  dropped = 0;

  /** @param before the last fact of an SFU process before this one, which the recorder has already */
  constructor(before = 0, limits = { all: MAX_FACTS, speakers: MAX_FACTS_WITH_SPEAKERS }) {
    this.#before = before;
    this.#limits = limits;
  }

  /** The last number given; 0 when nothing has happened yet. */
  get last(): number {
    return this.#before + this.#facts.length;
  }

  /** @returns whether there was room */
  append(body: FactBody, atMs: number): boolean {
    const limit = body.type === 'speakers' ? this.#limits.speakers : this.#limits.all;
    if (this.#facts.length >= limit) {
      this.dropped += 1;
      return false;
    }
    this.#facts.push({ ...body, seq: this.last + 1, atMs: Math.round(atMs) });
    return true;
  }

  /** At most `count` facts after this number. */
  after(seq: number, count: number): readonly Fact[] {
    const from = Math.max(0, seq - this.#before);
    return this.#facts.slice(from, from + count);
  }
}
