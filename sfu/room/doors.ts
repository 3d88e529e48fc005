import { Fault } from '../../protocol/errors.ts';
import type { Admission, Waiting } from '../../protocol/meeting-state.ts';
import type { Announcer } from './announcer.ts';
import type { Members, Newcomer } from './members.ts';
import type { RoomEvent } from './room-event.ts';

/** People who were let in or sent out, remembered by connection id; beyond that the oldest is forgotten. */
const MAX_REMEMBERED = 5000;

export interface DoorsOptions {
  members: Members;
  announcer: Announcer;
  maxWaiting: number;
  emit(event: RoomEvent): void;
}

/** Who may come into a room, and who waits before it. */
export class Doors {
  readonly #options: DoorsOptions;
  #admission: Admission = 'open';
  readonly #waiting = new Map<string, Waiting>();
  readonly #admitted = new Set<string>();
  readonly #removed = new Set<string>();

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  get admission(): Admission {
    return this.#admission;
  }

  /** In the order in which they came. */
  get waiting(): Waiting[] {
    return [...this.#waiting.values()];
  }

  /**
   * Somebody wants in. Where the host admits people one by one, they wait from now on.
   * @throws Fault `removed`, `meeting-locked`, `admission-needed`, `room-full`
   */
  check({ connectionId, name, tokenRole }: Newcomer): void {
    if (this.#removed.has(connectionId)) throw new Fault('removed');
    if (tokenRole === 'host' || this.#admitted.has(connectionId) || this.#admission === 'open') return;
    if (this.#admission === 'locked') throw new Fault('meeting-locked');
    if (!this.#waiting.has(connectionId)) {
      if (this.#waiting.size >= this.#options.maxWaiting) throw new Fault('room-full');
      this.#waiting.set(connectionId, { connectionId, name });
      this.tellHost();
    }
    throw new Fault('admission-needed');
  }

  /** Who is in already may come back whatever the doors are set to. */
  entered(connectionId: string): void {
    remember(this.#admitted, connectionId);
    this.forget(connectionId);
  }

  set(admission: Admission): void {
    if (admission === this.#admission) return;
    this.#admission = admission;
    this.#options.announcer.everyone({ name: 'admissionChanged', data: { admission } });
    if (admission === 'open') this.admit(undefined);
  }

  /** @param connectionId undefined: everybody who waits. @throws Fault `person-not-found` */
  admit(connectionId: string | undefined): void {
    const chosen = connectionId === undefined ? [...this.#waiting.keys()] : [this.#named(connectionId)];
    for (const one of chosen) {
      this.#waiting.delete(one);
      remember(this.#admitted, one);
      this.#options.announcer.lobby(one, { name: 'admitted', data: {} });
    }
    if (chosen.length > 0) this.tellHost();
  }

  /** @throws Fault `person-not-found` */
  refuse(connectionId: string): void {
    this.#waiting.delete(this.#named(connectionId));
    this.#options.emit({ type: 'end', connectionId, reason: 'refused' });
    this.tellHost();
  }

  /** Somebody who waited has gone. */
  forget(connectionId: string): void {
    if (this.#waiting.delete(connectionId)) this.tellHost();
  }

  /** Somebody is sent out, and does not come in again. */
  remove(connectionId: string): void {
    this.#admitted.delete(connectionId);
    remember(this.#removed, connectionId);
  }

  tellHost(): void {
    const { announcer, members } = this.#options;
    const { waiting } = this;
    if (members.host) announcer.one(members.host.connectionId, { name: 'waitingChanged', data: { waiting } });
  }

  #named(connectionId: string): string {
    if (!this.#waiting.has(connectionId)) throw new Fault('person-not-found');
    return connectionId;
  }
}

function remember(set: Set<string>, connectionId: string): void {
  set.delete(connectionId);
  set.add(connectionId);
  const [oldest] = set;
  if (set.size > MAX_REMEMBERED && oldest !== undefined) set.delete(oldest);
}
