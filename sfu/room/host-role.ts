import { Fault } from '#protocol/errors.ts';
import type { Role } from '#protocol/people.ts';
import type { Announcer } from './announcer.ts';
import { type Member, type Members, personOf } from './members.ts';
import type { RoomEvent } from './room-event.ts';
import type { RoomRecording } from './room-recording.ts';

/** An offer of the host role that is not answered goes on to the next person. */
export const HOST_OFFER_MS = 20_000;

export interface HostRoleOptions {
  members: Members;
  recording: RoomRecording;
  announcer: Announcer;
  emit(event: RoomEvent): void;
  /** Somebody has become the host, and is to know what only hosts know. */
  onHost(host: Member): void;
}

/**
 * Who is host. A meeting whose host is gone offers the role to whoever has been there longest, then to the next; until
 * somebody accepts, or an owner (whose token says host) is back, there is none.
 */
export class HostRole {
  readonly #options: HostRoleOptions;
  #offer: { number: number; connectionId: string } | undefined;
  #offers = 0;
  /** A meeting that has not had its host yet waits for them. */
  #hadHost = false;
  readonly #declined = new Set<string>();

  constructor(options: HostRoleOptions) {
    this.#options = options;
  }

  isOfferedTo(connectionId: string): boolean {
    return this.#offer?.connectionId === connectionId;
  }

  /** The role that somebody comes in with: there is one host at a time. */
  roleFor(tokenRole: Role): Role {
    return tokenRole === 'host' && !this.#options.members.host ? 'host' : 'participant';
  }

  joined(member: Member): void {
    if (member.role === 'host') this.#settle();
    else this.#offerNext();
  }

  /** Gone for good. */
  left(member: Member): void {
    this.#declined.delete(member.connectionId);
    if (this.isOfferedTo(member.connectionId)) this.#offer = undefined;
    this.#offerNext();
  }

  /** A lost socket cannot answer: the next one is asked meanwhile. */
  lost(member: Member): void {
    if (!this.isOfferedTo(member.connectionId)) return;
    this.#offer = undefined;
    this.#offerNext();
  }

  /** @throws Fault `not-joined`, `no-host-offer` */
  answer(connectionId: string, accept: boolean): void {
    const member = this.#options.members.get(connectionId);
    if (!this.isOfferedTo(connectionId)) throw new Fault('no-host-offer');
    if (accept) this.#give(member);
    else this.#decline(connectionId);
  }

  /** Nobody has answered the offer of this number. */
  expired(number: number): void {
    if (this.#offer?.number !== number) return;
    this.#options.announcer.one(this.#offer.connectionId, { name: 'hostOfferOver', data: {} });
    this.#decline(this.#offer.connectionId);
  }

  /** @throws Fault `person-not-found`, when they are not there to take it */
  handOver(to: string): void {
    const member = this.#options.members.named(to);
    if (!member.connected) throw new Fault('person-not-found');
    this.#give(member);
  }

  /** An owner takes the role back. @throws Fault `not-joined` */
  reclaim(connectionId: string): void {
    this.#give(this.#options.members.get(connectionId));
  }

  #give(member: Member): void {
    const { host } = this.#options.members;
    if (host === member) return;
    if (host) this.#setRole(host, 'participant');
    this.#setRole(member, 'host');
    this.#settle();
    this.#options.onHost(member);
  }

  #setRole(member: Member, role: Role): void {
    const { announcer, recording } = this.#options;
    member.role = role;
    recording.fact({ type: 'role', connectionId: member.connectionId, role });
    announcer.joined({ name: 'personChanged', data: { person: personOf(member) } });
  }

  /** There is a host: nothing is on offer any more. */
  #settle(): void {
    this.#hadHost = true;
    this.#declined.clear();
    const offer = this.#offer;
    this.#offer = undefined;
    if (offer) this.#options.announcer.one(offer.connectionId, { name: 'hostOfferOver', data: {} });
  }

  #decline(connectionId: string): void {
    this.#declined.add(connectionId);
    this.#offer = undefined;
    this.#offerNext();
  }

  #offerNext(): void {
    const { announcer, emit, members } = this.#options;
    if (!this.#hadHost || members.host || this.#offer) return;
    const next = members.all.find((one) => one.connected && !this.#declined.has(one.connectionId));
    if (!next) return;
    this.#offers += 1;
    this.#offer = { number: this.#offers, connectionId: next.connectionId };
    announcer.one(next.connectionId, { name: 'hostOffered', data: { expiresInMs: HOST_OFFER_MS } });
    emit({ type: 'offer', number: this.#offers });
  }
}
