export interface AllowanceLimits {
  /** People who have a share of their own; whoever comes later has none. */
  people: number;
  /** What nobody else can use up, of each of these people. */
  own: number;
  /** What comes on top of that is taken from here, by all together. */
  common: number;
  /** Of which one person takes at most so much. */
  each: number;
}

/** How much of something bounded has been used, and by whom: one person's part never becomes everybody's. */
export class Allowance {
  readonly #limits: AllowanceLimits;
  readonly #used = new Map<string, number>();
  #commonUsed = 0;

  constructor(limits: AllowanceLimits) {
    this.#limits = limits;
  }

  /** Takes it whole, or nothing. */
  take(who: string, amount: number): boolean {
    const { common, each, own, people } = this.#limits;
    const before = this.#used.get(who);
    if (before === undefined && this.#used.size >= people) return false;
    const after = (before ?? 0) + amount;
    const fromCommon = Math.max(0, after - own) - Math.max(0, (before ?? 0) - own);
    if (after > own + each || this.#commonUsed + fromCommon > common) return false;
    this.#used.set(who, after);
    this.#commonUsed += fromCommon;
    return true;
  }
}
