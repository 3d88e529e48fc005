import { randomBytes } from 'node:crypto';
import { sameSecret } from '#service/secrets.ts';

/** The secrets by which pages come back to their sessions: one a person, kept as long as the person is in. */
export class Tickets {
  readonly #tickets = new Map<string, string>();

  /** A ticket issued before is void from now on. */
  issue(connectionId: string): string {
    const ticket = randomBytes(24).toString('base64url');
    this.#tickets.set(connectionId, ticket);
    return ticket;
  }

  isValid(connectionId: string, ticket: string): boolean {
    const expected = this.#tickets.get(connectionId);
    return expected !== undefined && sameSecret(ticket, expected);
  }

  revoke(connectionId: string): void {
    this.#tickets.delete(connectionId);
  }
}
