import { Fault } from '#protocol/errors.ts';

export interface TurnsOptions {
  /** At once, over all askers. */
  places: number;
  /** In the queue at once, over all askers, and of one. */
  maxWaiting: number;
  maxWaitingOfOne: number;
  /** Without it all but one, so that the next one finds a place. */
  placesOfOne?: number;
}

interface Claim {
  /** Comes before all who are not, and is not kept out because so many of them wait. */
  isKnown?: boolean;
  /** Aborted when nobody waits for it any more. */
  signal?: AbortSignal;
}

/** When to ask again where too many wait. */
const RETRY_AFTER_MS = 5000;

interface Waiting {
  asker: string;
  isKnown: boolean;
  /** With what gives the place back. */
  begin: (done: () => void) => void;
}

/**
 * So many at once, the others in a queue, and nobody pushed aside: whoever holds the fewest places comes next, and of those who
 * hold as many, the one whose last turn is longest ago.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #queue: Waiting[] = [];
  /** Places held, by asker. */
  readonly #held = new Map<string, number>();
  /** Who had a turn when, for as long as they hold a place or wait. */
  readonly #lastTurns = new Map<string, number>();
  #turn = 0;
  #taken = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * @param asker for whom it is; those are fair to each other
   * @returns what gives the place back, which may be called more than once
   * @throws Fault `rate-limited` when too many wait, or what `signal` was aborted with
   */
  async take(asker: string, { isKnown = false, signal }: Claim = {}): Promise<() => void> {
    signal?.throwIfAborted();
    const { maxWaiting, maxWaitingOfOne } = this.#options;
    const ofOne = this.#queue.filter((waiting) => waiting.asker === asker).length;
    if ((this.#queue.length >= maxWaiting && !isKnown) || ofOne >= maxWaitingOfOne) {
      throw new Fault('rate-limited', undefined, { retryAfterMs: RETRY_AFTER_MS });
    }
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        this.#forget(asker);
        reject(signal?.reason as Error);
      };
      const waiting: Waiting = {
        asker,
        isKnown,
        begin: (done) => {
          signal?.removeEventListener('abort', giveUp);
          resolve(done);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#queue.push(waiting);
      this.#next();
    });
  }

  /** The same for work that gives its place back when it is done, or has failed. */
  async run<T>(asker: string, claim: Claim, work: () => Promise<T>): Promise<T> {
    const done = await this.take(asker, claim);
    try {
      return await work();
    } finally {
      done();
    }
  }

  #next(): void {
    const { places, placesOfOne: most = Math.max(1, places - 1) } = this.#options;
    if (this.#taken >= places) return;
    const able = this.#queue.filter(({ asker }) => this.#heldBy(asker) < most);
    const [first] = able;
    if (!first) return;
    const next = able.reduce((best, one) => (this.#isBefore(one, best) ? one : best), first);
    this.#queue.splice(this.#queue.indexOf(next), 1);
    this.#taken += 1;
    this.#held.set(next.asker, this.#heldBy(next.asker) + 1);
    this.#lastTurns.set(next.asker, ++this.#turn);
    let over = false;
    next.begin(() => {
      if (over) return;
      over = true;
      this.#taken -= 1;
      this.#held.set(next.asker, this.#heldBy(next.asker) - 1);
      this.#forget(next.asker);
      this.#next();
    });
    this.#next();
  }

  #isBefore(one: Waiting, other: Waiting): boolean {
    if (one.isKnown !== other.isKnown) return one.isKnown;
    const held = this.#heldBy(one.asker) - this.#heldBy(other.asker);
    const lastTurn = ({ asker }: Waiting) => this.#lastTurns.get(asker) ?? 0;
    return held === 0 ? lastTurn(one) < lastTurn(other) : held < 0;
  }

  #heldBy(asker: string): number {
    return this.#held.get(asker) ?? 0;
  }

  #forget(asker: string): void {
    if (this.#heldBy(asker) > 0 || this.#queue.some((waiting) => waiting.asker === asker)) return;
    this.#held.delete(asker);
    this.#lastTurns.delete(asker);
  }
}
