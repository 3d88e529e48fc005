import { Fault } from '#protocol/errors.ts';
import { isLoopback, networkOf } from '#service/network-address.ts';

/**
 * Who holds how much of what there is only so much of: no network (an IPv4 address, a /64 of IPv6) more than its share.
 * This machine itself has no limit: it is where tests run, and what everybody looks like behind a proxy that nobody told of.
 */
export class NetworkShares {
  readonly #max: number;
  readonly #words: string;
  readonly #held = new Map<string, number>();

  /** @param words what to do about it, when a network has its share */
  constructor(max: number, words: string) {
    this.#max = max;
    this.#words = words;
  }

  /** @throws Fault `network-full` when this network has its share */
  check(address: string): void {
    if (isLoopback(address) || (this.#held.get(networkOf(address)) ?? 0) < this.#max) return;
    throw new Fault('network-full', this.#words);
  }

  /** One more for this network. @returns gives it back, once. @throws Fault `network-full` */
  take(address: string): () => void {
    this.check(address);
    const network = networkOf(address);
    this.#held.set(network, (this.#held.get(network) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (this.#held.get(network) ?? 1) - 1;
      if (left > 0) this.#held.set(network, left);
      else this.#held.delete(network);
    };
  }
}

/** How much of a server one network may hold. */
export interface CapacityOptions {
  maxSockets: number;
  maxRooms: number;
  maxRecorded: number;
}

/** In the waiting room of one meeting, people of one network. */
export const MAX_WAITING_PER_NETWORK = 20;

/** What is shared out among networks, so that none of them can hold all of it. */
export class Capacity {
  readonly sockets: NetworkShares;
  /** Meetings by whoever was the first to enter them. */
  readonly rooms: NetworkShares;
  readonly recorded: NetworkShares;

  constructor({ maxRecorded, maxRooms, maxSockets }: CapacityOptions) {
    this.sockets = new NetworkShares(
      maxSockets,
      'Too many pages of your network are connected. Close some, or have MAX_SOCKETS_PER_ADDRESS raised.',
    );
    this.rooms = new NetworkShares(
      maxRooms,
      'Your network holds too many meetings at once. End one, or have MAX_ROOMS_PER_ADDRESS raised.',
    );
    this.recorded = new NetworkShares(
      maxRecorded,
      'Too many people of one network are recorded at once. Have MAX_RECORDED_PER_ADDRESS raised.',
    );
  }
}
