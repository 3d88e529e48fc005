import { Fault } from '#protocol/errors.ts';
import type { Clock } from './clock.ts';
import { networkOf, siteOf } from './network-address.ts';
import { RecentMap } from './recent-map.ts';

/** Wrong tries of one network at one secret before it has to wait. */
export const FREE_TRIES = 5;
/** The same while many guess at it. Never less than one: the right password passes at the first try, from anywhere. */
const FREE_TRIES_UNDER_ATTACK = 1;
/** Of all networks of one site together: whoever has a /48 has 65,536 of them. */
export const FREE_TRIES_OF_SITE = 20;
/** So many wrong tries at one secret within ATTACK_WINDOW_MS, wherever they come from, are an attack. */
export const ATTACK_FROM = 30;
const ATTACK_WINDOW_MS = 10 * 60_000;
/** Waited for after the last free try; twice as long after each one that is wrong again. */
export const FIRST_WAIT_MS = 30_000;
const MAX_WAIT_MS = 15 * 60_000;
/** Without another try for so long a network begins anew. */
const FORGET_MS = 60 * 60_000;
/** Networks, secrets and known networks remembered; the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

interface Tries {
  wrong: number;
  lastMs: number;
}

/** A try that is under way. */
export interface Guess {
  right(): void;
  /** It was never looked at. */
  withdrawn(): void;
}

/** Holds back who guesses secrets, by secret and network, without keeping out who knows them. */
export class Guesses {
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** By secret and network. */
  readonly #tries = new RecentMap<string, Tries>(MAX_REMEMBERED);
  /** Wrong tries at each secret since `sinceMs`. */
  readonly #attacks = new RecentMap<string, { sinceMs: number; wrong: number }>(MAX_REMEMBERED);
  readonly #known = new RecentMap<string, true>(MAX_REMEMBERED);
  #refused = 0;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** How often it has refused. */
  get refused(): number {
    return this.#refused;
  }

  /** Whether this network has known the secret before. */
  isKnown(secret: string, address: string): boolean {
    return this.#known.has(keyOf(secret, address));
  }

  /**
   * Somebody tries: counted as wrong until it turns out to be right, so that tries sent at once count as well.
   * @throws Fault `rate-limited` with the time until the next try
   */
  begin(secret: string, address: string): Guess {
    const nowMs = this.#clock.nowMs();
    const key = keyOf(secret, address);
    const tries = this.#triesOf(key, nowMs);
    const attack = this.#attackOn(secret, nowMs);
    const free = attack.wrong >= ATTACK_FROM ? FREE_TRIES_UNDER_ATTACK : FREE_TRIES;
    const siteKey = `all of ${siteOf(address)} ${secret}`;
    const ofSite = this.#triesOf(siteKey, nowMs);
    // An IPv4 address is a site by itself.
    const freeOfSite = siteOf(address) === networkOf(address) ? Number.POSITIVE_INFINITY : FREE_TRIES_OF_SITE;
    const leftMs = Math.max(waitAfter(tries, free), waitAfter(ofSite, freeOfSite)) - nowMs;
    if (leftMs > 0) {
      this.#refused += 1;
      throw new Fault('rate-limited', undefined, { retryAfterMs: leftMs });
    }
    this.#tries.set(key, { wrong: tries.wrong + 1, lastMs: nowMs });
    this.#tries.set(siteKey, { wrong: ofSite.wrong + 1, lastMs: nowMs });
    attack.wrong += 1;
    return {
      right: () => {
        this.#tries.delete(key);
        this.#tries.delete(siteKey);
        attack.wrong -= 1;
        this.#known.set(key, true);
      },
      withdrawn: () => {
        this.#withdraw(key);
        this.#withdraw(siteKey);
        attack.wrong -= 1;
      },
    };
  }

  /** One less, of those that there are by now: others may have been begun meanwhile. */
  #withdraw(key: string): void {
    const tries = this.#tries.get(key);
    if (tries) tries.wrong -= 1;
  }

  #triesOf(key: string, nowMs: number): Tries {
    const known = this.#tries.get(key);
    return known && nowMs - known.lastMs < FORGET_MS ? known : { wrong: 0, lastMs: Number.NEGATIVE_INFINITY };
  }

  #attackOn(secret: string, nowMs: number): { sinceMs: number; wrong: number } {
    const known = this.#attacks.get(secret);
    if (known && nowMs - known.sinceMs < ATTACK_WINDOW_MS) return known;
    const fresh = { sinceMs: nowMs, wrong: 0 };
    this.#attacks.set(secret, fresh);
    return fresh;
  }
}

/** Until when it is to be waited, after so many wrong tries of which some are free. */
function waitAfter({ lastMs, wrong }: Tries, free: number): number {
  return wrong < free ? lastMs : lastMs + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (wrong - free));
}

const keyOf = (secret: string, address: string): string => `${networkOf(address)} ${secret}`;
