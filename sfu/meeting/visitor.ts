import type { JoinClaims } from '#protocol/join-token.ts';
import type { Session } from './session.ts';

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
