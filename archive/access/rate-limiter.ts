import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { networkOf } from '#service/network-address.ts';

const MINUTE_MS = 60_000;
/** Addresses remembered at once; when more come within a window, the oldest are forgotten. */
const MAX_ADDRESSES = 10_000;

/** Counts what each network does within a time, a minute unless said: an IPv4 address, or a /64 of IPv6. */
export class RateLimiter {
  readonly #perWindow: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #windows = new Map<string, { endMs: number; count: number }>();
  #refused = 0;

  constructor(perWindow: number, clock: Clock, windowMs = MINUTE_MS) {
    this.#perWindow = perWindow;
    this.#windowMs = windowMs;
    this.#clock = clock;
  }

  /** How often it has refused. */
  get refused(): number {
    return this.#refused;
  }

  /** @throws Fault `rate-limited`, with the time until it may go on */
  count(address: string): void {
    const network = networkOf(address);
    const nowMs = this.#clock.nowMs();
    let window = this.#windows.get(network);
    if (!window || window.endMs <= nowMs) {
      window = { endMs: nowMs + this.#windowMs, count: 0 };
      this.#windows.delete(network);
      this.#windows.set(network, window);
      const [oldest] = this.#windows.keys();
      if (this.#windows.size > MAX_ADDRESSES && oldest !== undefined) this.#windows.delete(oldest);
    }
    if (window.count >= this.#perWindow) {
      this.#refused += 1;
      throw new Fault('rate-limited', undefined, { retryAfterMs: window.endMs - nowMs });
    }
    window.count += 1;
  }
}
