/** Deaths further apart than this have nothing to do with each other. */
export const RESTART_MEMORY_MS = 10_000;
const FIRST_DELAY_MS = 250;
export const LONGEST_DELAY_MS = 8000;

/** How long to wait before a worker that died is started again: not at all at first, then twice as long each time. */
export class RestartDelay {
  #inARow = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** A worker died. Answers the time to wait, ms. */
  next(nowMs: number): number {
    this.#inARow = nowMs - this.#lastMs > RESTART_MEMORY_MS ? 1 : this.#inARow + 1;
    const delayMs =
      this.#inARow === 1 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (this.#inARow - 2), LONGEST_DELAY_MS);
    this.#lastMs = nowMs + delayMs;
    return delayMs;
  }
}
