import type { JoinClaims } from '../../protocol/join-token.ts';
import type { Session } from './session.ts';

/** Somebody with a socket: in the lobby until they join. */
export class Visitor {
  readonly claims: JoinClaims;
  readonly session: Session;
  joined = false;
  /** The socket is closed, or another one has taken its place. */
  isGone = false;

  constructor(claims: JoinClaims, session: Session) {
    this.claims = claims;
    this.session = session;
  }

  get connectionId(): string {
    return this.claims.connectionId;
  }
}
