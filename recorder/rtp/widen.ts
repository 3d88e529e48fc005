/**
 * The number that is `wrapped` modulo `range` and nearest to `reference`, by the half-window rule: less than half the
 * range ahead is ahead, from half on it is behind.
 * @param wrapped 0 to range − 1 @param reference any integer, also below zero
 */
export function nearest(wrapped: number, reference: number, range: number): number {
  const ahead = (((wrapped - reference) % range) + range) % range;
  return reference + (ahead < range / 2 ? ahead : ahead - range);
}

/**
 * Widens numbers that wrap around to ones that do not: each is taken as the candidate nearest to the one before. Starts
 * one full range up, so that what comes late at the beginning is not negative.
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
    return this.#last === undefined ? this.#range + wrapped : nearest(wrapped, this.#last, this.#range);
  }
}
