import { Fault } from '#protocol/errors.ts';
import { type RequestLimit, requestLimits } from '#protocol/http/route.ts';
import type { Clock } from './clock.ts';
import { networkOf } from './network-address.ts';

/** Addresses remembered at once; when more come within a window, the oldest are forgotten. */
const MAX_ADDRESSES = 10_000;

/** Counts what each network does within a time: an IPv4 address, or a /64 of IPv6. */
export class RateLimiter {
  readonly #limit: { count: number; perMs: number };
  readonly #clock: Clock;
  readonly #windows = new Map<string, { endMs: number; count: number }>();
  #refused = 0;

  constructor(limit: { count: number; perMs: number }, clock: Clock) {
    this.#limit = limit;
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
      window = { endMs: nowMs + this.#limit.perMs, count: 0 };
      this.#windows.delete(network);
      this.#windows.set(network, window);
      const [oldest] = this.#windows.keys();
      if (this.#windows.size > MAX_ADDRESSES && oldest !== undefined) this.#windows.delete(oldest);
    }
    if (window.count >= this.#limit.count) {
      this.#refused += 1;
      throw new Fault('rate-limited', undefined, { retryAfterMs: window.endMs - nowMs });
    }
    window.count += 1;
  }
}

export type RateLimiters = Readonly<Record<RequestLimit, RateLimiter>>;

/** One for each limit of the API. */
export function rateLimiters(clock: Clock): RateLimiters {
  const limiters = Object.entries(requestLimits).map(([name, limit]) => [
    name,
    new RateLimiter(limit, clock),
  ]);
  return Object.fromEntries(limiters) as RateLimiters;
}
