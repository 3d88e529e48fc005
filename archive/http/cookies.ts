import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Credentials } from '../access/credentials.ts';

/** Whether the browser speaks HTTPS: to us, or as PUBLIC_URL or a trusted proxy says. */
export function isSecure({ secureCookies }: { secureCookies: boolean }, request: FastifyRequest): boolean {
  return secureCookies || request.protocol === 'https';
}

const SESSION_COOKIE = 'verbatim_session';
/** Long enough to fetch a recording on the day after. */
const HOST_COOKIE_LIFETIME_S = 24 * 60 * 60;

const hostCookie = (meetingId: string) => `verbatim_host_${meetingId}`;

export function credentialsOf(request: FastifyRequest, meetingId: string | undefined): Credentials {
  const bearer = /^Bearer ([\x20-\x7e]{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1];
  const hostKey = meetingId === undefined ? undefined : request.cookies[hostCookie(meetingId)];
  return { session: request.cookies[SESSION_COOKIE], bearer, hostKey };
}

export function setSessionCookie(
  reply: FastifyReply,
  token: string,
  lifetimeS: number,
  secure: boolean,
): void {
  reply.setCookie(SESSION_COOKIE, token, { ...cookieOptions(secure), maxAge: lifetimeS });
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  reply.clearCookie(SESSION_COOKIE, cookieOptions(secure));
}

const shareCookie = (shareId: string) => `verbatim_share_${shareId}`;

/** The key to a link with a password, as its opening gave it. */
export function shareKeyOf(request: FastifyRequest, shareId: string): string | undefined {
  return request.cookies[shareCookie(shareId)];
}

/** For this browser session: a shared computer should not keep it. */
export function setShareCookie(reply: FastifyReply, shareId: string, key: string, secure: boolean): void {
  reply.setCookie(shareCookie(shareId), key, cookieOptions(secure));
}

/** Lets the host's browser play and download, where no header can be added. */
export function setHostCookie(
  reply: FastifyReply,
  meetingId: string,
  hostKey: string,
  secure: boolean,
): void {
  reply.setCookie(hostCookie(meetingId), hostKey, {
    ...cookieOptions(secure),
    maxAge: HOST_COOKIE_LIFETIME_S,
  });
}

const cookieOptions = (secure: boolean) => ({
  path: '/api',
  httpOnly: true,
  sameSite: 'strict' as const,
  secure,
});
