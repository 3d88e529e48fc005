import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_LIFETIME_S } from '../app/sessions.ts';

/** What a request shows to say who asks. */
export interface Credentials {
  /** From the session cookie. */
  session?: string | undefined;
  /** From `Authorization: Bearer`: a host key. */
  bearer?: string | undefined;
  /** From the host cookie of the meeting in question. */
  hostKey?: string | undefined;
}

const SESSION_COOKIE = 'verbatim_session';
const hostCookie = (meetingId: string) => `verbatim_host_${meetingId}`;
const shareCookie = (shareId: string) => `verbatim_share_${shareId}`;

/** Browsers take a cookie of such a name only over HTTPS, for `/`, and from this very host: no neighbour can plant one. */
const HOST_PREFIX = '__Host-';
/** Long enough to fetch a recording on the day after. */
const HOST_COOKIE_LIFETIME_S = 24 * 60 * 60;

/** What browsers keep for us, and show. */
export class Cookies {
  readonly #onlySecure: boolean;

  /** @param onlySecure they are sent over HTTPS only, whatever a request looks like here */
  constructor(onlySecure: boolean) {
    this.#onlySecure = onlySecure;
  }

  credentials(request: FastifyRequest, meetingId: string | undefined): Credentials {
    const bearer = /^Bearer ([\x20-\x7e]{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1];
    const hostKey = meetingId === undefined ? undefined : this.#read(request, hostCookie(meetingId));
    return { session: this.session(request), bearer, hostKey };
  }

  session(request: FastifyRequest): string | undefined {
    return this.#read(request, SESSION_COOKIE);
  }

  setSession(reply: FastifyReply, token: string): void {
    this.#set(reply, SESSION_COOKIE, token, SESSION_LIFETIME_S);
  }

  clearSession(reply: FastifyReply): void {
    const secure = this.#isSecure(reply.request);
    reply.clearCookie(nameOf(SESSION_COOKIE, secure), cookieOptions(secure));
    if (secure) clearOld(reply, SESSION_COOKIE);
  }

  /** Lets the host's browser play and download, where no header can be added. */
  setHost(reply: FastifyReply, meetingId: string, hostKey: string): void {
    this.#set(reply, hostCookie(meetingId), hostKey, HOST_COOKIE_LIFETIME_S);
  }

  /** The key to a link with a password, as its opening gave it. */
  shareKey(request: FastifyRequest, shareId: string): string | undefined {
    return this.#read(request, shareCookie(shareId));
  }

  /** For this browser session: a shared computer should not keep it. */
  setShareKey(reply: FastifyReply, shareId: string, key: string): void {
    this.#set(reply, shareCookie(shareId), key);
  }

  /** Whether the browser speaks HTTPS: to us, or as PUBLIC_URL or a trusted proxy says. */
  #isSecure(request: FastifyRequest): boolean {
    return this.#onlySecure || request.protocol === 'https';
  }

  #read(request: FastifyRequest, cookie: string): string | undefined {
    return request.cookies[nameOf(cookie, this.#isSecure(request))];
  }

  /** @param maxAge without it for as long as the browser runs */
  #set(reply: FastifyReply, cookie: string, value: string, maxAge?: number): void {
    const secure = this.#isSecure(reply.request);
    reply.setCookie(nameOf(cookie, secure), value, {
      ...cookieOptions(secure),
      ...(maxAge !== undefined && { maxAge }),
    });
    if (secure) clearOld(reply, cookie);
  }
}

const nameOf = (cookie: string, secure: boolean) => (secure ? `${HOST_PREFIX}${cookie}` : cookie);

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
