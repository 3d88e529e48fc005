import { randomBytes } from 'node:crypto';
import type { Clock } from '#service/clock.ts';
import { limitedNetworkOf } from '#service/network-address.ts';
import { sameSecret } from '#service/secrets.ts';

interface Stay {
  /** Where they come from. */
  address: string;
  /** The secret by which their page comes back to its session. */
  ticket: string | undefined;
  cancelWaiting: () => void;
}

/** What a meeting keeps of each person who is in, whether their socket is there or being waited for. */
export class Stays {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #stays = new Map<string, Stay>();

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
  }

  /** They are there, or about to come in, from this address. */
  come(connectionId: string, address: string): void {
    const stay = this.#stays.get(connectionId);
    if (stay) stay.address = address;
    else this.#stays.set(connectionId, { address, ticket: undefined, cancelWaiting: () => {} });
  }

  /** A ticket issued before is void from now on. */
  issueTicket(connectionId: string): string {
    const ticket = randomBytes(24).toString('base64url');
    const stay = this.#stays.get(connectionId);
    if (stay) stay.ticket = ticket;
    return ticket;
  }

  hasTicket(connectionId: string, ticket: string): boolean {
    const expected = this.#stays.get(connectionId)?.ticket;
    return expected !== undefined && sameSecret(ticket, expected);
  }

  /** Their socket is lost; without another one they are given up after this. */
  waitFor(connectionId: string, forMs: number, giveUp: () => void): void {
    this.back(connectionId);
    const stay = this.#stays.get(connectionId);
    if (stay) stay.cancelWaiting = this.#clock.after(forMs, giveUp);
  }

  /** They are waited for no more. */
  back(connectionId: string): void {
    this.#stays.get(connectionId)?.cancelWaiting();
  }

  leave(connectionId: string): void {
    this.back(connectionId);
    this.#stays.delete(connectionId);
  }

  addressOf(connectionId: string): string | undefined {
    return this.#stays.get(connectionId)?.address;
  }

  /** Undefined when it has no limit of its own. */
  networkOf(connectionId: string): string | undefined {
    const address = this.addressOf(connectionId);
    return address === undefined ? undefined : limitedNetworkOf(address);
  }

  close(): void {
    for (const { cancelWaiting } of this.#stays.values()) cancelWaiting();
  }
}
