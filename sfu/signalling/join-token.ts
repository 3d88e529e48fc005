import { errors, jwtVerify } from 'jose';
import { Fault } from '#protocol/errors.ts';
import { type JoinClaims, joinClaimsSchema } from '#protocol/join-token.ts';
import { participantHandshakeSchema } from '#protocol/signalling.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';

/** Whether a session of theirs is still going on, and this is its ticket. */
export type HasSession = (claims: JoinClaims, ticket: string) => boolean;

/**
 * Whom a participant's handshake lets in. A token that has expired during a long meeting still does, with the ticket of
 * the session that it opened.
 * @throws Fault `protocol-mismatch`, `token-expired`, `token-invalid`
 */
export async function checkHandshake(
  auth: Record<string, unknown>,
  secret: string,
  nowMs: number,
  hasSession: HasSession,
): Promise<JoinClaims> {
  if (auth.version !== PROTOCOL_VERSION) throw new Fault('protocol-mismatch');
  const handshake = participantHandshakeSchema.safeParse(auth);
  if (!handshake.success) throw new Fault('token-invalid');
  const { ticket, token } = handshake.data;
  try {
    return await verifyJoinToken(token, secret, nowMs);
  } catch (cause) {
    const expired = ticket === undefined ? undefined : expiredClaims(cause);
    if (!expired || ticket === undefined || !hasSession(expired, ticket)) throw cause;
    return expired;
  }
}

/** What a token said that is genuine and has expired: jose checks the signature before the time. */
function expiredClaims(fault: unknown): JoinClaims | undefined {
  const cause = fault instanceof Fault ? fault.cause : undefined;
  if (!(cause instanceof errors.JWTExpired)) return undefined;
  return joinClaimsSchema.safeParse(cause.payload).data;
}

/** Only HS256, and only tokens that expire. @throws Fault `token-expired`, `token-invalid` */
export async function verifyJoinToken(token: string, secret: string, nowMs: number): Promise<JoinClaims> {
  let payload: unknown;
  try {
    const verified = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: ['HS256'],
      requiredClaims: ['exp'],
      currentDate: new Date(nowMs),
    });
    payload = verified.payload;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw new Fault('token-expired', undefined, { cause });
    throw new Fault('token-invalid', undefined, { cause });
  }
  const claims = joinClaimsSchema.safeParse(payload);
  if (!claims.success) throw new Fault('token-invalid', undefined, { cause: claims.error });
  return claims.data;
}
