/** How much of something there may be: so much a second for as long as it likes, and so much on top at once. */
export class LeakyBucket {
  readonly #perS: number;
  readonly #burst: number;
  #level = 0;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(options: { perS: number; burst: number }) {
    this.#perS = options.perS;
    this.#burst = options.burst;
  }

  /** Answers whether so much more may be; what may not be does not count. */
  take(amount: number, nowMs: number): boolean {
    const leaked = (Math.max(0, nowMs - this.#atMs) * this.#perS) / 1000;
    const level = Math.max(0, this.#level - leaked) + amount;
    if (level > this.#burst) return false;
    this.#level = level;
    this.#atMs = Math.max(nowMs, this.#atMs);
    return true;
  }
}
