import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { isLoopback, networkOf } from '#service/network-address.ts';
import type { Doors } from '../room/doors.ts';
import { MAX_WAITING_PER_NETWORK } from './capacity.ts';
import type { Visitor } from './visitor.ts';
import type { Visitors } from './visitors.ts';

/** Who is in the lobby for so long without joining is sent out; who waits for the host may do so longer. */
export const LOBBY_MS = 15 * 60_000;
export const WAITING_MS = 60 * 60_000;

/** Those who have a socket and are not in the meeting: a lobby that is a place to stay would be one to fill. */
export class Lobby {
  readonly #clock: Clock;
  readonly #doors: Doors;
  readonly #sendOut: (visitor: Visitor) => void;

  constructor(options: { clock: Clock; doors: Doors; sendOut(visitor: Visitor): void }) {
    this.#clock = options.clock;
    this.#doors = options.doors;
    this.#sendOut = options.sendOut;
  }

  /** They are expected to join within this time. */
  expect(visitor: Visitor, withinMs = LOBBY_MS): void {
    visitor.cancelIdle();
    visitor.cancelIdle = this.#clock.after(withinMs, () => {
      const waits = this.#doors.waiting.some((one) => one.connectionId === visitor.connectionId);
      if (waits && withinMs < WAITING_MS) this.expect(visitor, WAITING_MS);
      else this.#sendOut(visitor);
    });
  }

  /** @throws Fault `network-full` when their network fills the waiting room */
  checkWaitingRoom({ address, connectionId }: Visitor, visitors: Pick<Visitors, 'get'>): void {
    const { admission, waiting } = this.#doors;
    if (admission !== 'waiting-room' || isLoopback(address)) return;
    const network = networkOf(address);
    const neighbours = waiting.filter((one) => {
      const visitor = visitors.get(one.connectionId);
      return one.connectionId !== connectionId && visitor && networkOf(visitor.address) === network;
    });
    if (neighbours.length >= MAX_WAITING_PER_NETWORK) throw new Fault('network-full');
  }
}
