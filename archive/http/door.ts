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
  recordingOfExport(exportId: string): Promise<string | undefined>;
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
    const { addressOf, cookies } = this.#parts;
    const meetingId = await this.#meetingOf(route, request.params as Params);
    const credentials = cookies.credentials(request, meetingId);
    const roles = new Set<AccessRole>(['anonymous']);
    request.stream = await this.#openStream(credentials, reply, () => roles.add('admin'));
    if (await this.#isHost(credentials, meetingId)) roles.add('host');
    if (!mayUse(route, roles)) {
      const shown = Object.values(credentials).some((value) => value !== undefined);
      throw new Fault(shown ? 'forbidden' : 'not-signed-in');
    }
    const actor = roles.has('admin') ? 'admin' : roles.has('host') ? 'host' : 'anonymous';
    request.asker = { roles, deed: { actor, address: addressOf(request.raw) } };
  }

  /** The meeting that the request is about. */
  async #meetingOf({ of }: Route, { exportId = '', id = '' }: Params): Promise<string | undefined> {
    if (of === undefined || of === 'meeting') return of && id;
    const recordingId = of === 'export' ? await this.#parts.recordingOfExport(exportId) : id;
    return recordingId === undefined ? undefined : this.#parts.meetingOfRecording(recordingId);
  }

  /** The answer, which hangs on the session that is shown, if there is such a one. */
  async #openStream({ session }: Credentials, reply: FastifyReply, isAdmin: () => void): Promise<OpenStream> {
    const { sessions, streams } = this.#parts;
    const open = () => {
      const stream = streams.open();
      reply.raw.once('close', () => stream.letGo());
      return stream;
    };
    if (session === undefined) return open();
    const stream = open();
    const hold = sessions.holdOf(session);
    // Before it is looked up: whoever is signed out meanwhile is sent nothing more.
    stream.hangOn('admin');
    stream.hangOn(hold);
    const expiresAtMs = await sessions.expiryOf(session);
    if (expiresAtMs === undefined) {
      stream.letGo();
      return open();
    }
    stream.hangOn(hold, expiresAtMs);
    isAdmin();
    return stream;
  }

  /** Whether a key is shown that belongs to the meeting. Without a meeting nobody is its host. */
  async #isHost({ bearer, hostKey }: Credentials, meetingId: string | undefined): Promise<boolean> {
    if (meetingId === undefined) return false;
    for (const key of [bearer, hostKey]) {
      if (key !== undefined && (await this.#parts.meetings.isHostKey(meetingId, key))) return true;
    }
    return false;
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
