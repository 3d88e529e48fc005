import type { IncomingMessage } from 'node:http';
import fastifyCookie from '@fastify/cookie';
import { type FastifyInstance, fastify } from 'fastify';
import type { Registry } from 'prom-client';
import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { answerHealth } from '#service/health.ts';
import type { Log } from '#service/log.ts';
import { serverTimes } from '#service/server-times.ts';
import type { Trust } from '../access/client-address.ts';
import type { Database } from '../database/database.ts';
import { MAX_TUNNELS, type SfuProxy } from '../proxy/sfu-proxy.ts';
import { addClientFiles } from './client-files.ts';
import type { Door } from './door.ts';
import { sendError } from './errors.ts';
import { letRestRunOut } from './rest-of-requests.ts';
import type { Feature } from './route.ts';
import { changesSomething, isFromAnotherSite } from './same-origin.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { addSignalling } from './signalling-route.ts';

export const MAX_BODY_BYTES = 16 * 1024;
/** Every WebSocket that may be passed on, and room for pages, downloads and polling beside them. */
export const MAX_CONNECTIONS = MAX_TUNNELS + 2000;
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface Tls {
  cert: Buffer;
  key: Buffer;
}

export interface ServerParts {
  clock: Clock;
  log: Log;
  metrics: Registry;
  proxy: SfuProxy;
  door: Door;
  features: readonly Feature[];
  database: Pick<Database, 'isReached'>;
  /** Folder of the built client. */
  clientFolder: string;
  /** Of PUBLIC_URL, where one is set: the origin of our pages. */
  publicOrigin: string | undefined;
  /** Whose request it is, by what trusted proxies say. */
  addressOf(request: IncomingMessage): string;
  /** Absent while no proxy is trusted. */
  trust: Trust | undefined;
}

/** The web front door, not listening yet. */
export async function buildServer(parts: ServerParts, tls?: Tls): Promise<FastifyInstance> {
  const { addressOf, clock, database, door, features, log, metrics, proxy, publicOrigin, trust } = parts;
  const app = fastify({
    ...(tls
      ? { https: { ...tls, ...serverTimes, handshakeTimeout: HANDSHAKE_TIMEOUT_MS } }
      : { http: serverTimes }),
    requestTimeout: serverTimes.requestTimeout,
    keepAliveTimeout: serverTimes.keepAliveTimeout,
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: trust ?? false,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    frameworkErrors: (error, _request, reply) => sendError(reply, error, log),
  }) as FastifyInstance;
  app.server.maxConnections = MAX_CONNECTIONS;
  app.decorateRequest('asker');
  app.decorateRequest('stream');
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, log));
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url;
    log.debug('request', { method: request.method, route, status: reply.statusCode });
  });
  let isTold = false;
  app.addHook('onRequest', async (request) => {
    if (isTold || trust || request.headers['x-forwarded-for'] === undefined) return;
    isTold = true;
    log.warn('forwarded-header-ignored', { peer: addressOf(request.raw), remedy: 'TRUST_PROXY' });
  });
  app.addHook('onRequest', async ({ headers, method, url }) => {
    if (changesSomething(method, url) && isFromAnotherSite(headers, publicOrigin)) {
      throw new Fault('cross-site');
    }
  });
  app.addHook('preClose', async () => proxy.close());
  letRestRunOut(app, clock);

  await addSecurityHeaders(app, publicOrigin);
  await app.register(fastifyCookie);
  await addSignalling(app, parts);
  for (const path of ['/healthz', '/metrics']) {
    app.get(path, async (_request, reply) => {
      const { isReached } = database;
      const health = () => ({ ok: isReached, database: isReached, tunnels: proxy.tunnels });
      const answer = await answerHealth(path, health, metrics);
      if (!answer) throw new Fault('not-found');
      return reply.status(answer.status).type(answer.type).send(answer.body);
    });
  }
  for (const feature of features) door.add(app, feature);
  await addClientFiles(app, parts.clientFolder, log);
  return app;
}
