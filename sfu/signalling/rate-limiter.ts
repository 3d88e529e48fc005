import type { Clock } from '../../service/clock.ts';

/** Requests that a page may send in one go: joining a large meeting takes two for each picture and sound. */
export const BURST = 500;
/** Requests per second that a page may keep up. */
export const SUSTAINED_PER_S = 100;

/** A token bucket. */
export class RateLimiter {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(clock: Pick<Clock, 'nowMs'>, burst = BURST, perSecond = SUSTAINED_PER_S) {
    this.#clock = clock;
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = burst;
    this.#filledAtMs = clock.nowMs();
  }

  /** Whether one more may pass now. */
  take(): boolean {
    const nowMs = this.#clock.nowMs();
    const refill = ((nowMs - this.#filledAtMs) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#burst, this.#tokens + refill);
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
