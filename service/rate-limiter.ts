import type { Clock } from './clock.ts';
import { RecentMap } from './recent-map.ts';

/** So many in one go, and what may be kept up. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** What each of many may do: a token bucket for every key, of which those used longest ago are forgotten first. */
export class RateLimiter {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #rate: Rate;
  readonly #buckets: RecentMap<string, { tokens: number; atMs: number }>;
  #refused = 0;

  constructor(clock: Pick<Clock, 'nowMs'>, rate: Rate, maxKeys: number) {
    this.#clock = clock;
    this.#rate = rate;
    this.#buckets = new RecentMap(maxKeys);
  }

  /** How often it has refused. */
  get refused(): number {
    return this.#refused;
  }

  /** 0: it may pass, and is counted. Otherwise when the next one may, in milliseconds. */
  waitMs(key: string): number {
    const { burst, perSecond } = this.#rate;
    const nowMs = this.#clock.nowMs();
    const { atMs, tokens } = this.#buckets.get(key) ?? { atMs: nowMs, tokens: burst };
    const filled = Math.min(burst, tokens + ((nowMs - atMs) * perSecond) / 1000);
    const passes = filled >= 1;
    this.#buckets.set(key, { atMs: nowMs, tokens: passes ? filled - 1 : filled });
    if (passes) return 0;
    this.#refused += 1;
    return Math.ceil(((1 - filled) * 1000) / perSecond);
  }
}
