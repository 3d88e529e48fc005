import { Fault } from '#protocol/errors.ts';
import type { Admission, Waiting } from '#protocol/meeting-state.ts';
import type { KeptDoors } from '#protocol/recorder.ts';
import type { Announcer } from './announcer.ts';
import { KnownPeople } from './known-people.ts';
import { share } from './marks.ts';
import type { Member, Members, Newcomer } from './members.ts';
import type { RoomEvent } from './room-event.ts';

/** Connections and marks of people who were let in or sent out; beyond that see KnownPeople. */
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
  readonly #admitted: KnownPeople;
  readonly #removed: KnownPeople;

  constructor(options: DoorsOptions) {
    this.#options = options;
    this.#admission = options.before?.admission ?? 'open';
    this.#admitted = new KnownPeople(MAX_REMEMBERED, options.before?.admitted);
    this.#removed = new KnownPeople(MAX_REMEMBERED, options.before?.removed);
  }

  get admission(): Admission {
    return this.#admission;
  }

  /** In the order in which they came. */
  get waiting(): Waiting[] {
    return [...this.#waiting.values()];
  }

  /** @param most of each kind; undefined: everybody may come in, as into any other meeting */
  memory(most: number): KeptDoors | undefined {
    if (this.#admission === 'open' && this.#removed.isEmpty) return undefined;
    const [admitted, removed] = [this.#admitted.names(most), this.#removed.names(most)];
    return { admission: this.#admission, admitted, removed };
  }

  /** What a server process before this one had been told; who was removed and has slipped in since goes again. */
  takeUp({ admission, admitted, removed }: KeptDoors): void {
    for (const one of admitted) this.#admitted.add([one]);
    for (const one of removed) this.#removed.add([one]);
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
  entered({ connectionId, marks, network }: Newcomer): void {
    this.#admitted.add([connectionId, ...marks], network);
    // By a mark they are known under whatever connection: each window would be an entry otherwise.
    if (marks.length > 0) this.#admitted.delete(connectionId);
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
      this.#admitted.add([one]);
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
    const names = [member.connectionId, ...marks];
    for (const one of names) this.#admitted.delete(one);
    this.#removed.add(names, member.network);
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

function isAmong({ connectionId, marks }: Newcomer, people: KnownPeople): boolean {
  return people.has(connectionId) || marks.some((mark) => people.has(mark));
}
