import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Credentials } from '../access/credentials.ts';

/** Whether the browser speaks HTTPS: to us, or as PUBLIC_URL or a trusted proxy says. */
export function isSecure({ secureCookies }: { secureCookies: boolean }, request: FastifyRequest): boolean {
  return secureCookies || request.protocol === 'https';
}

const SESSION_COOKIE = 'verbatim_session';
/** Browsers take a cookie of such a name only over HTTPS, for `/`, and from this very host: no neighbour can plant one. */
const HOST_PREFIX = '__Host-';
const nameOf = (cookie: string, secure: boolean) => (secure ? `${HOST_PREFIX}${cookie}` : cookie);
/** Long enough to fetch a recording on the day after. */
const HOST_COOKIE_LIFETIME_S = 24 * 60 * 60;

const hostCookie = (meetingId: string) => `verbatim_host_${meetingId}`;

export function credentialsOf(
  context: { secureCookies: boolean },
  request: FastifyRequest,
  meetingId: string | undefined,
): Credentials {
  const secure = isSecure(context, request);
  const bearer = /^Bearer ([\x20-\x7e]{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1];
  const hostKey =
    meetingId === undefined ? undefined : request.cookies[nameOf(hostCookie(meetingId), secure)];
  return { session: request.cookies[nameOf(SESSION_COOKIE, secure)], bearer, hostKey };
}

export function setSessionCookie(
  reply: FastifyReply,
  token: string,
  lifetimeS: number,
  secure: boolean,
): void {
  set(reply, SESSION_COOKIE, token, secure, lifetimeS);
}

export function clearSessionCookie(reply: FastifyReply, secure: boolean): void {
  reply.clearCookie(nameOf(SESSION_COOKIE, secure), cookieOptions(secure));
  if (secure) clearOld(reply, SESSION_COOKIE);
}

const shareCookie = (shareId: string) => `verbatim_share_${shareId}`;

/** The key to a link with a password, as its opening gave it. */
export function shareKeyOf(
  context: { secureCookies: boolean },
  request: FastifyRequest,
  shareId: string,
): string | undefined {
  return request.cookies[nameOf(shareCookie(shareId), isSecure(context, request))];
}

/** For this browser session: a shared computer should not keep it. */
export function setShareCookie(reply: FastifyReply, shareId: string, key: string, secure: boolean): void {
  set(reply, shareCookie(shareId), key, secure);
}

/** Lets the host's browser play and download, where no header can be added. */
export function setHostCookie(
  reply: FastifyReply,
  meetingId: string,
  hostKey: string,
  secure: boolean,
): void {
  set(reply, hostCookie(meetingId), hostKey, secure, HOST_COOKIE_LIFETIME_S);
}

/** @param maxAge without it for as long as the browser runs */
function set(reply: FastifyReply, cookie: string, value: string, secure: boolean, maxAge?: number): void {
  reply.setCookie(nameOf(cookie, secure), value, {
    ...cookieOptions(secure),
    ...(maxAge !== undefined && { maxAge }),
  });
  if (secure) clearOld(reply, cookie);
}

/** What a version before this one, or the same page without HTTPS, may have left. */
function clearOld(reply: FastifyReply, cookie: string): void {
  reply.clearCookie(cookie, { path: '/api' });
}

const cookieOptions = (secure: boolean) => ({
  path: secure ? '/' : '/api',
  httpOnly: true,
  sameSite: 'strict' as const,
  secure,
});
