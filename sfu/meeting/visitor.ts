import type { JoinClaims } from '#protocol/join-token.ts';
import type { Notice } from '#protocol/signalling.ts';
import type { AnyNotice } from '../room/room-event.ts';

/** A participant's socket, as the meeting sees it. */
export interface Session {
  notify(notice: AnyNotice): void;
  /** Says why, then closes the socket. */
  end(reason: Notice<'ended'>['reason']): void;
}

/** Somebody with a socket: in the lobby until they join. */
export class Visitor {
  readonly claims: JoinClaims;
  readonly session: Session;
  /** Where they come from, as plain text. */
  readonly address: string;
  joined = false;
  /** The socket is closed, or another one has taken its place. */
  isGone = false;
  /** Puts off that they are sent out of the lobby. */
  cancelIdle: () => void = () => {};

  constructor(claims: JoinClaims, session: Session, address: string) {
    this.claims = claims;
    this.session = session;
    this.address = address;
  }

  get connectionId(): string {
    return this.claims.connectionId;
  }
}
