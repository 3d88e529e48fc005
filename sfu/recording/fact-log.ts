import type { Fact, FactBody, FullKind } from '../../protocol/recorder.ts';
import { FactBudget, kindOfFact } from './fact-budget.ts';

/** What has happened in a recording, numbered from 1 without holes; kept until it ends, for whoever must hear it again. */
export class FactLog {
  readonly #facts: Fact[] = [];
  readonly #budget: FactBudget;
  readonly #before: number;
  readonly #onFull: (kind: FullKind) => void;
  readonly #full = new Set<FullKind>();
  /** Facts for which there was no room. */
  dropped = 0;

  /**
   * @param options.before the last fact of an SFU process before this one, which the recorder has already
   * @param options.onFull told once of each kind of which no more is kept
   */
  constructor(options: { before?: number; budget?: FactBudget; onFull?: (kind: FullKind) => void } = {}) {
    this.#before = options.before ?? 0;
    this.#budget = options.budget ?? new FactBudget();
    this.#onFull = options.onFull ?? (() => undefined);
  }

  /** The last number given; 0 when nothing has happened yet. */
  get last(): number {
    return this.#before + this.#facts.length;
  }

  /** @returns whether there was room; the first time that there is none, that is a fact too */
  append(body: FactBody, atMs: number): boolean {
    if (this.#budget.take(body)) {
      this.#push(body, atMs);
      return true;
    }
    this.dropped += 1;
    const kind = kindOfFact(body);
    if (this.#full.has(kind)) return false;
    this.#full.add(kind);
    this.#push({ type: 'full', kind }, atMs);
    this.#onFull(kind);
    return false;
  }

  /** At most `count` facts after this number. */
  after(seq: number, count: number): readonly Fact[] {
    const from = Math.max(0, seq - this.#before);
    return this.#facts.slice(from, from + count);
  }

  #push(body: FactBody, atMs: number): void {
    this.#facts.push({ ...body, seq: this.last + 1, atMs: Math.round(atMs) });
  }
}
