import { Fault } from '#protocol/errors.ts';
import { networkOf } from '#service/network-address.ts';

/** Of the four threads that files are read with as well. */
export const AT_ONCE = 2;
/** Of one network. */
export const MAX_WAITING_OF_ONE = 4;
export const MAX_WAITING = 200;
/** When to ask again where too many wait: they are done by then. */
const RETRY_AFTER_MS = 5000;

/** Slow work on request, a little at a time: networks take turns, however much each of them asks for. */
export class Turns {
  /** By network, in the order of their turns. Those who are known come before all others. */
  readonly #queues = { known: new Map<string, (() => void)[]>(), others: new Map<string, (() => void)[]>() };
  #running = 0;
  #waiting = 0;

  /** @throws Fault `rate-limited` when too much waits already */
  async run<T>(address: string, isKnown: boolean, work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) await this.#turn(networkOf(address), isKnown);
    else this.#running += 1;
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  #turn(network: string, isKnown: boolean): Promise<void> {
    const queue = isKnown ? this.#queues.known : this.#queues.others;
    const mine = queue.get(network) ?? [];
    if (mine.length >= MAX_WAITING_OF_ONE || (!isKnown && this.#waiting >= MAX_WAITING)) {
      throw new Fault('rate-limited', undefined, { retryAfterMs: RETRY_AFTER_MS });
    }
    queue.set(network, mine);
    this.#waiting += 1;
    return new Promise((resolve) => mine.push(resolve));
  }

  /** Hands the place to whose turn it is. */
  #next(): void {
    const queue = this.#queues.known.size > 0 ? this.#queues.known : this.#queues.others;
    const [entry] = queue;
    if (!entry) {
      this.#running -= 1;
      return;
    }
    const [network, mine] = entry;
    const goOn = mine.shift();
    queue.delete(network);
    if (mine.length > 0) queue.set(network, mine);
    this.#waiting -= 1;
    goOn?.();
  }
}
