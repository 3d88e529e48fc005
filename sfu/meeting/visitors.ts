import type { AnyNotice, Audience } from '../room/room-event.ts';
import type { Visitor } from './visitor.ts';

/** Everybody who has a socket, one each, and who of them hears what. */
export class Visitors {
  readonly #visitors = new Map<string, Visitor>();

  get all(): Visitor[] {
    return [...this.#visitors.values()];
  }

  get(connectionId: string): Visitor | undefined {
    return this.#visitors.get(connectionId);
  }

  add(visitor: Visitor): void {
    this.#visitors.set(visitor.connectionId, visitor);
  }

  /** Unless another one has taken their place. */
  remove(visitor: Visitor): void {
    if (this.#visitors.get(visitor.connectionId) === visitor) this.#visitors.delete(visitor.connectionId);
  }

  tell(audience: Audience, notice: AnyNotice): void {
    for (const { session } of this.#hearing(audience)) session.notify(notice);
  }

  #hearing(audience: Audience): Visitor[] {
    switch (audience.to) {
      case 'everyone':
        return this.all;
      case 'joined':
        return this.all.filter((one) => one.joined && one.connectionId !== audience.except);
      case 'one':
        return this.all.filter((one) => one.joined && one.connectionId === audience.connectionId);
      case 'lobby':
        return this.all.filter((one) => !one.joined && one.connectionId === audience.connectionId);
    }
  }
}
