import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import {
  type AccessRole,
  methodOf,
  pathOf,
  type RequestLimit,
  type Route,
  requestLimits,
} from '#protocol/http/route.ts';
import { parseMessage } from '#protocol/reply.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Clock } from '#service/clock.ts';
import { networkOf } from '#service/network-address.ts';
import { RateLimiter } from '#service/rate-limiter.ts';
import type { Meetings } from '../app/meetings.ts';
import type { Sessions } from '../app/sessions.ts';
import type { OpenStream, OpenStreams } from '../streams/open-streams.ts';
import type { Cookies, Credentials } from './cookies.ts';
import type { Asker, Feature } from './route.ts';

/** Networks counted at once; of more, those that asked longest ago begin anew. */
const MAX_NETWORKS = 10_000;

type RateLimiters = Readonly<Record<RequestLimit, RateLimiter>>;

/** One for each limit of the API. */
export function rateLimiters(clock: Clock): RateLimiters {
  const limiters = Object.entries(requestLimits).map(([name, { count, perMs }]) => {
    const rate = { burst: count, perSecond: (count * 1000) / perMs };
    return [name, new RateLimiter(clock, rate, MAX_NETWORKS)];
  });
  return Object.fromEntries(limiters) as RateLimiters;
}

type Params = Readonly<Record<string, string>>;

export interface DoorParts {
  cookies: Cookies;
  limits: RateLimiters;
  meetings: Meetings;
  sessions: Sessions;
  streams: OpenStreams;
  /** Undefined when there is no such recording. */
  meetingOfRecording(recordingId: string): Promise<string | undefined>;
  /** Undefined when there is no such export. */
  recordingOfExport(exportId: string): string | undefined;
  /** Whose request it is, by what trusted proxies say. */
  addressOf(request: IncomingMessage): string;
}

declare module 'fastify' {
  interface FastifyRequest {
    asker: Asker;
    /** The answer, where it is more than a few words: it ends with what lets its asker in. */
    stream: OpenStream;
  }
}

/** Carries out what the table of routes (protocol/http) says of each: whom it lets in, how often, and with what. */
export class Door {
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Registers a feature's routes, and HEAD with every GET; nothing runs before access has been granted. */
  add(app: FastifyInstance, { handlers, routes }: Feature): void {
    for (const [name, route] of Object.entries(routes)) {
      const handle = handlers[name];
      if (!handle) throw new Error(`nothing answers ${name}`);
      const method = methodOf(name);
      app.route({
        method: method === 'GET' ? ['GET', 'HEAD'] : method,
        url: pathOf(name),
        onRequest: (request, reply) => this.#letIn(route, request, reply),
        handler: async (request, reply) => handle(this.#opened(route, request, reply) as never),
      });
    }
  }

  async #letIn(route: Route, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { addressOf, cookies, sessions, streams } = this.#parts;
    const meetingId = await this.#meetingOf(route, request.params as Params);
    const credentials = cookies.credentials(request, meetingId);
    const roles = this.#rolesOf(credentials, meetingId);
    if (!mayUse(route, roles)) {
      const shown = Object.values(credentials).some((value) => value !== undefined);
      throw new Fault(shown ? 'forbidden' : 'not-signed-in');
    }
    const actor = roles.has('admin') ? 'admin' : roles.has('host') ? 'host' : 'anonymous';
    request.stream = streams.open();
    reply.raw.once('close', () => request.stream.letGo());
    const session =
      roles.has('admin') && credentials.session ? sessions.find(credentials.session) : undefined;
    if (session) {
      request.stream.hangOn('admin');
      request.stream.hangOn(session.hold, session.expiresAtMs);
    }
    request.asker = { roles, deed: { actor, address: addressOf(request.raw) } };
  }

  /** The meeting that the request is about. */
  async #meetingOf({ of }: Route, { exportId = '', id = '' }: Params): Promise<string | undefined> {
    if (of === undefined || of === 'meeting') return of && id;
    const recordingId = of === 'export' ? this.#parts.recordingOfExport(exportId) : id;
    return recordingId === undefined ? undefined : this.#parts.meetingOfRecording(recordingId);
  }

  /** What is proved by what is shown. Without a meeting nobody is its host. */
  #rolesOf({ bearer, hostKey, session }: Credentials, meetingId: string | undefined): Set<AccessRole> {
    const { meetings, sessions } = this.#parts;
    const roles = new Set<AccessRole>(['anonymous']);
    if (session !== undefined && sessions.isValid(session)) roles.add('admin');
    if (meetingId !== undefined) {
      const keys = [bearer, hostKey].filter((key) => key !== undefined);
      if (keys.some((key) => meetings.isHostKey(meetingId, key))) roles.add('host');
    }
    return roles;
  }

  /** What the handler is given. @throws Fault `rate-limited`, `protocol-mismatch`, `bad-request` */
  #opened(route: Route, request: FastifyRequest, reply: FastifyReply): object {
    reply.header('cache-control', 'no-store');
    if (route.isSecret) {
      reply.header('x-robots-tag', 'noindex, nofollow, noarchive').header('referrer-policy', 'no-referrer');
    }
    for (const limit of route.limits ?? []) {
      const retryAfterMs = this.#parts.limits[limit].waitMs(networkOf(request.asker.deed.address));
      if (retryAfterMs > 0) throw new Fault('rate-limited', undefined, { retryAfterMs });
    }
    const { version } = Object(request.body) as { version?: unknown };
    if (route.otherVersion !== undefined && version !== PROTOCOL_VERSION) {
      throw new Fault('protocol-mismatch', route.otherVersion);
    }
    const query = route.query && parseMessage(route.query, request.query);
    const body = route.body && parseMessage(route.body, request.body);
    reply.status(route.status ?? 200);
    return { ...request.asker, request, reply, params: request.params, query, body };
  }
}

/** Whether one of these roles is enough. */
export function mayUse({ who }: Route, roles: ReadonlySet<AccessRole>): boolean {
  return who.some((role) => roles.has(role));
}
