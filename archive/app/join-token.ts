import { type JWTPayload, SignJWT } from 'jose';
import { connectionIdSchema } from '#protocol/identifiers.ts';
import { JOIN_TOKEN_LIFETIME_S, type JoinClaims } from '#protocol/join-token.ts';
import { randomLetters } from '#service/secrets.ts';

const SLUG_MAX_LENGTH = 40;

/** Signs the claims (HS256); valid for JOIN_TOKEN_LIFETIME_S from `nowMs`. */
export function signJoinToken(claims: JoinClaims, secret: string, nowMs: number): Promise<string> {
  const issuedAtS = Math.floor(nowMs / 1000);
  return new SignJWT({ ...claims, iat: issuedAtS, exp: issuedAtS + JOIN_TOKEN_LIFETIME_S } as JWTPayload)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret));
}

/** A connection id that a person recognises in a file name: their name in safe letters, then random ones. */
export function makeConnectionId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, SLUG_MAX_LENGTH);
  return connectionIdSchema.parse(`${slug || 'guest'}-${randomLetters(8)}`);
}
