import type { Announcer } from './announcer.ts';
import { type Member, type Members, personOf } from './members.ts';

/** Raised hands, since when each is up. */
export class Hands {
  readonly #members: Members;
  readonly #announcer: Announcer;
  readonly #nowMs: () => number;

  constructor(options: { members: Members; announcer: Announcer; nowMs(): number }) {
    this.#members = options.members;
    this.#announcer = options.announcer;
    this.#nowMs = () => options.nowMs();
  }

  /** Somebody their own. @throws Fault `not-joined` */
  raise(connectionId: string, raised: boolean): void {
    this.#set(this.#members.get(connectionId), raised);
  }

  /** The host somebody's. @throws Fault `person-not-found` */
  lower(connectionId: string): void {
    this.#set(this.#members.named(connectionId), false);
  }

  #set(member: Member, raised: boolean): void {
    if (raised === (member.handRaisedAtMs !== undefined)) return;
    member.handRaisedAtMs = raised ? this.#nowMs() : undefined;
    this.#announcer.joined({ name: 'personChanged', data: { person: personOf(member) } });
  }
}
