import { errors, jwtVerify } from 'jose';
import { Fault } from '../../protocol/errors.ts';
import { type JoinClaims, joinClaimsSchema } from '../../protocol/join-token.ts';
import { participantHandshakeSchema } from '../../protocol/signalling.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';

/**
 * Whom a participant's handshake lets in.
 * @throws Fault `protocol-mismatch`, `token-expired`, `token-invalid`
 */
export async function checkHandshake(
  auth: Record<string, unknown>,
  secret: string,
  nowMs: number,
): Promise<JoinClaims> {
  if (auth.version !== PROTOCOL_VERSION) throw new Fault('protocol-mismatch');
  const handshake = participantHandshakeSchema.safeParse(auth);
  if (!handshake.success) throw new Fault('token-invalid');
  return verifyJoinToken(handshake.data.token, secret, nowMs);
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
