import type { AnyNotice, RoomEvent } from './room-event.ts';

/** How the parts of a room tell people something. */
export class Announcer {
  readonly #emit: (event: RoomEvent) => void;

  constructor(emit: (event: RoomEvent) => void) {
    this.#emit = emit;
  }

  /** Those in the lobby, too. */
  everyone(notice: AnyNotice): void {
    this.#emit({ type: 'notice', audience: { to: 'everyone' }, notice });
  }

  joined(notice: AnyNotice, except?: string): void {
    const audience = { to: 'joined' as const, ...(except !== undefined && { except }) };
    this.#emit({ type: 'notice', audience, notice });
  }

  one(connectionId: string, notice: AnyNotice): void {
    this.#emit({ type: 'notice', audience: { to: 'one', connectionId }, notice });
  }

  /** Somebody who has not joined. */
  lobby(connectionId: string, notice: AnyNotice): void {
    this.#emit({ type: 'notice', audience: { to: 'lobby', connectionId }, notice });
  }
}
