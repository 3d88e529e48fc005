import { type JWTPayload, SignJWT } from 'jose';
import { io, type Socket } from 'socket.io-client';
import { type ErrorBody, errorBodySchema } from '#protocol/errors.ts';
import type { JoinClaims } from '#protocol/join-token.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';

/** A join token as any system that knows the secret would mint it; `lifetime` as jose takes it, such as `1h` or `-1h`. */
export function mintToken(secret: string, claims: JoinClaims, lifetime = '1h'): Promise<string> {
  return new SignJWT({ ...claims } as JWTPayload)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .sign(new TextEncoder().encode(secret));
}

/** Opens a participant's socket by hand. The answer is the socket, or the error with which it was refused. */
export function openSocket(url: string, auth: object, namespace = ''): Promise<Socket | ErrorBody> {
  const socket = io(`${url}${namespace}`, {
    auth: { version: PROTOCOL_VERSION, ...auth },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
  });
  return new Promise((resolve, reject) => {
    socket.on('connect', () => resolve(socket));
    socket.on('connect_error', (error: Error & { data?: unknown }) => {
      socket.close();
      const { success, data } = errorBodySchema.safeParse(error.data);
      if (success) resolve(data);
      else reject(error);
    });
  });
}
