import { Fault } from '../../protocol/errors.ts';
import type { Admission, Waiting } from '../../protocol/meeting-state.ts';
import type { KeptDoors } from '../../protocol/recorder.ts';
import type { Announcer } from './announcer.ts';
import { share } from './marks.ts';
import type { Member, Members, Newcomer } from './members.ts';
import type { RoomEvent } from './room-event.ts';

/** Connections and marks of people who were let in or sent out; beyond that the oldest is forgotten. */
const MAX_REMEMBERED = 5000;

export interface DoorsOptions {
  members: Members;
  announcer: Announcer;
  maxWaiting: number;
  /** As the meeting was left by the last one. */
  before: KeptDoors | undefined;
  emit(event: RoomEvent): void;
}

/** Who may come into a room, and who waits before it. */
export class Doors {
  readonly #options: DoorsOptions;
  #admission: Admission;
  readonly #waiting = new Map<string, Waiting>();
  readonly #admitted: Set<string>;
  readonly #removed: Set<string>;

  constructor(options: DoorsOptions) {
    this.#options = options;
    this.#admission = options.before?.admission ?? 'open';
    this.#admitted = new Set(options.before?.admitted);
    this.#removed = new Set(options.before?.removed);
  }

  get admission(): Admission {
    return this.#admission;
  }

  /** In the order in which they came. */
  get waiting(): Waiting[] {
    return [...this.#waiting.values()];
  }

  /** @param most of each kind, the latest ones; undefined: everybody may come in, as into any other meeting */
  memory(most: number): KeptDoors | undefined {
    if (this.#admission === 'open' && this.#removed.size === 0) return undefined;
    const latest = (set: Set<string>): string[] => [...set].slice(-most);
    return { admission: this.#admission, admitted: latest(this.#admitted), removed: latest(this.#removed) };
  }

  /** What a server process before this one had been told; who was removed and has slipped in since goes again. */
  takeUp({ admission, admitted, removed }: KeptDoors): void {
    for (const one of admitted) remember(this.#admitted, one);
    for (const one of removed) remember(this.#removed, one);
    if (this.#admission === 'open') this.set(admission);
    for (const member of this.#options.members.all) if (this.#isRemoved(member)) this.#sendOut(member);
  }

  /**
   * Somebody wants in. Where the host admits people one by one, they wait from now on.
   * @throws Fault `removed`, `meeting-locked`, `admission-needed`, `room-full`
   */
  check(newcomer: Newcomer): void {
    const { connectionId, name, tokenRole } = newcomer;
    if (this.#isRemoved(newcomer)) throw new Fault('removed');
    if (tokenRole === 'host' || this.#admission === 'open' || isAmong(newcomer, this.#admitted)) return;
    if (this.#admission === 'locked') throw new Fault('meeting-locked');
    if (!this.#waiting.has(connectionId)) {
      if (this.#waiting.size >= this.#options.maxWaiting) throw new Fault('room-full');
      this.#waiting.set(connectionId, { connectionId, name });
      this.tellHost();
    }
    throw new Fault('admission-needed');
  }

  /** Who was in may come back whatever the doors are set to, also with another token in the same browser. */
  entered({ connectionId, marks }: Newcomer): void {
    for (const one of [connectionId, ...marks]) remember(this.#admitted, one);
    this.forget(connectionId);
    this.#keep();
  }

  set(admission: Admission): void {
    if (admission === this.#admission) return;
    this.#admission = admission;
    this.#options.announcer.everyone({ name: 'admissionChanged', data: { admission } });
    this.#keep();
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

  /**
   * Somebody is sent out, with their other windows, and does not come in again: not with this token, and not with another one
   * in the same browser or for the same subject. An owner, who could always make a new token, is asked for that one only.
   */
  remove(member: Member, by: Member): void {
    const isBySelf = share(member.marks, by.marks);
    const marks = isBySelf ? [] : member.marks;
    for (const one of [member.connectionId, ...marks]) {
      this.#admitted.delete(one);
      remember(this.#removed, one);
    }
    const gone = this.#options.members.all.filter((one) => one === member || this.#isRemoved(one));
    for (const one of gone) this.#sendOut(one);
    this.#keep();
  }

  tellHost(): void {
    const { announcer, members } = this.#options;
    const { waiting } = this;
    if (members.host) announcer.one(members.host.connectionId, { name: 'waitingChanged', data: { waiting } });
  }

  #isRemoved(person: Newcomer): boolean {
    if (this.#removed.has(person.connectionId)) return true;
    return person.tokenRole !== 'host' && isAmong(person, this.#removed);
  }

  #sendOut({ connectionId }: Newcomer): void {
    this.#options.emit({ type: 'end', connectionId, reason: 'removed' });
  }

  #keep(): void {
    this.#options.emit({ type: 'doors' });
  }

  #named(connectionId: string): string {
    if (!this.#waiting.has(connectionId)) throw new Fault('person-not-found');
    return connectionId;
  }
}

function isAmong({ connectionId, marks }: Newcomer, set: ReadonlySet<string>): boolean {
  return set.has(connectionId) || marks.some((mark) => set.has(mark));
}

function remember(set: Set<string>, one: string): void {
  set.delete(one);
  set.add(one);
  const [oldest] = set;
  if (set.size > MAX_REMEMBERED && oldest !== undefined) set.delete(oldest);
}
