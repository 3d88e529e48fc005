import type { Clock } from '#service/clock.ts';

/** A token bucket. */
export class RateLimiter {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(clock: Pick<Clock, 'nowMs'>, burst: number, perSecond: number) {
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

  /** As it stood when one was asked for last. */
  get untilNextMs(): number {
    return Math.max(0, Math.ceil(((1 - this.#tokens) * 1000) / this.#perSecond));
  }
}
