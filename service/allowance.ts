import { type Claimant, FairShares } from './fair-shares.ts';

export interface AllowanceLimits {
  /** Who has a share of their own; whoever comes later has none. */
  people: number;
  /** What nobody else can use up, of each of these. */
  own: number;
  /** What comes on top of that is taken from here, by all together. */
  common: number;
  /** Of which one of them takes at most so much. */
  each: number;
}

/**
 * How much of something bounded has been used, and by whom: one person's part never becomes everybody's, nor does that of
 * one network, under however many names.
 */
export class Allowance {
  readonly #limits: AllowanceLimits;
  readonly #used = new Map<string, number>();
  readonly #common: FairShares;

  constructor(limits: AllowanceLimits) {
    this.#limits = limits;
    this.#common = new FairShares(limits.common);
  }

  /** Takes it whole, or nothing. @param claimant whose part of what is common it comes out of */
  take(who: string, amount: number, claimant: Claimant = {}): boolean {
    const { each, own, people } = this.#limits;
    const before = this.#used.get(who);
    if (before === undefined && this.#used.size >= people) return false;
    const after = (before ?? 0) + amount;
    const fromCommon = Math.max(0, after - own) - Math.max(0, (before ?? 0) - own);
    if (after > own + each || !this.#common.take(claimant, fromCommon)) return false;
    this.#used.set(who, after);
    return true;
  }
}
