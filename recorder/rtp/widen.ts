/**
 * Widens numbers that wrap around to ones that do not, by the half-window rule: each is taken as the candidate nearest
 * to the one before. Starts one full range up, so that what comes late at the beginning is not negative.
 */
export class Widener {
  readonly #range: number;
  #last: number | undefined;

  /** @param bits 16 for sequence numbers, 32 for timestamps */
  constructor(bits: 16 | 32) {
    this.#range = 2 ** bits;
  }

  /** @param wrapped 0 to 2^bits − 1 */
  widen(wrapped: number): number {
    this.#last = this.peek(wrapped);
    return this.#last;
  }

  /** As `widen`, without taking the number as the new reference. */
  peek(wrapped: number): number {
    if (this.#last === undefined) return this.#range + wrapped;
    const half = this.#range / 2;
    // Timestamps that keep jumping back may lead below zero, where % is negative.
    const lastWrapped = ((this.#last % this.#range) + this.#range) % this.#range;
    const ahead = wrapped - lastWrapped;
    if (ahead < -half) return this.#last + ahead + this.#range;
    if (ahead >= half) return this.#last + ahead - this.#range;
    return this.#last + ahead;
  }
}
