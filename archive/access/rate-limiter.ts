import { Fault } from '../../protocol/errors.ts';
import type { Clock } from '../../service/clock.ts';
import { networkOf } from '../../service/network-address.ts';

const WINDOW_MS = 60_000;
/** Addresses remembered at once; when more come within a window, the oldest are forgotten. */
const MAX_ADDRESSES = 10_000;

/** Counts what each network does within a minute: an IPv4 address, or a /64 of IPv6. */
export class RateLimiter {
  readonly #perMinute: number;
  readonly #clock: Clock;
  readonly #windows = new Map<string, { endMs: number; count: number }>();
  #refused = 0;

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute;
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
      window = { endMs: nowMs + WINDOW_MS, count: 0 };
      this.#windows.delete(network);
      this.#windows.set(network, window);
      const [oldest] = this.#windows.keys();
      if (this.#windows.size > MAX_ADDRESSES && oldest !== undefined) this.#windows.delete(oldest);
    }
    if (window.count >= this.#perMinute) {
      this.#refused += 1;
      throw new Fault('rate-limited', undefined, { retryAfterMs: window.endMs - nowMs });
    }
    window.count += 1;
  }

  /** What this address did so far no longer counts. */
  forgive(address: string): void {
    this.#windows.delete(networkOf(address));
  }
}
