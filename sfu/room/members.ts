import { Fault } from '#protocol/errors.ts';
import type { Person, ProducerInfo, Quality, Role } from '#protocol/people.ts';

export interface Newcomer {
  connectionId: string;
  name: string;
  /** What the token says. */
  tokenRole: Role;
  /** By which this person is known again (marks.ts). */
  marks: readonly string[];
  /** Where they come from; undefined when that has no limit of its own. */
  network?: string | undefined;
}

export interface Member extends Newcomer {
  /** As it is now. */
  role: Role;
  joinedAtMs: number;
  /** False from a lost socket until they are back, or gone. */
  connected: boolean;
  /** Its socket was not lost: another one with the same token has taken its place. */
  isReplaced?: boolean;
  handRaisedAtMs: number | undefined;
  quality: Quality | undefined;
  producers: Map<string, ProducerInfo>;
}

/** The people of a room, in the order in which they came. */
export class Members {
  readonly #members = new Map<string, Member>();

  get size(): number {
    return this.#members.size;
  }

  get all(): Member[] {
    return [...this.#members.values()];
  }

  /** There is one at most. */
  get host(): Member | undefined {
    return this.all.find((one) => one.role === 'host');
  }

  has(connectionId: string): boolean {
    return this.#members.has(connectionId);
  }

  find(connectionId: string): Member | undefined {
    return this.#members.get(connectionId);
  }

  /** The caller themselves. @throws Fault `not-joined` */
  get(connectionId: string): Member {
    const member = this.#members.get(connectionId);
    if (!member) throw new Fault('not-joined');
    return member;
  }

  /** Somebody else, whom the caller names. @throws Fault `person-not-found` */
  named(connectionId: string): Member {
    const member = this.#members.get(connectionId);
    if (!member) throw new Fault('person-not-found');
    return member;
  }

  add(member: Member): void {
    this.#members.set(member.connectionId, member);
  }

  remove(connectionId: string): Member | undefined {
    const member = this.#members.get(connectionId);
    this.#members.delete(connectionId);
    return member;
  }

  othersThan(connectionId: string): Person[] {
    return this.all.filter((one) => one.connectionId !== connectionId).map(personOf);
  }
}

/** As the others see them. */
export function personOf(member: Member): Person {
  const { connectionId, name, role, connected, handRaisedAtMs, quality, producers } = member;
  return {
    connectionId,
    name,
    role,
    connected,
    ...(handRaisedAtMs !== undefined && { handRaisedAtMs }),
    ...(quality && { quality }),
    producers: [...producers.values()],
  };
}
