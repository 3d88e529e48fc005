import fastifyCookie from '@fastify/cookie';
import { type FastifyInstance, fastify } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { answerHealth } from '#service/health.ts';
import { serverTimes } from '#service/server-times.ts';
import { MAX_TUNNELS } from '../proxy/sfu-proxy.ts';
import { addClientFiles } from './client-files.ts';
import { type HttpContext, MAX_BODY_BYTES } from './context.ts';
import { sendError } from './errors.ts';
import { addExportRoutes } from './export-routes.ts';
import { addHintRoutes } from './hint-routes.ts';
import { addKeepRoutes } from './keep-routes.ts';
import { addMeetingRoutes } from './meeting-routes.ts';
import { addOpenApiRoutes } from './openapi-routes.ts';
import { addRecordingRoutes } from './recording-routes.ts';
import { letRestRunOut } from './rest-of-requests.ts';
import { changesSomething, isFromAnotherSite } from './same-origin.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { addSessionRoutes } from './session-routes.ts';
import { addShareRoutes } from './share-routes.ts';
import { addSharedRoutes } from './shared-routes.ts';
import { addSignalling } from './signalling-route.ts';
import { addThumbnailRoutes } from './thumbnail-routes.ts';
import { addZipRoutes } from './zip-routes.ts';

/** Every WebSocket that may be passed on, and room for pages, downloads and polling beside them. */
export const MAX_CONNECTIONS = MAX_TUNNELS + 2000;
const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface Tls {
  cert: Buffer;
  key: Buffer;
}

/** The web front door, not listening yet. */
export async function buildServer(context: HttpContext, tls?: Tls): Promise<FastifyInstance> {
  const { log, metrics, proxy } = context;
  const app = fastify({
    ...(tls
      ? { https: { ...tls, ...serverTimes, handshakeTimeout: HANDSHAKE_TIMEOUT_MS } }
      : { http: serverTimes }),
    requestTimeout: serverTimes.requestTimeout,
    keepAliveTimeout: serverTimes.keepAliveTimeout,
    bodyLimit: MAX_BODY_BYTES,
    trustProxy: context.trust ?? false,
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
    if (isTold || context.trust || request.headers['x-forwarded-for'] === undefined) return;
    isTold = true;
    log.warn('forwarded-header-ignored', { peer: context.addressOf(request.raw), remedy: 'TRUST_PROXY' });
  });
  app.addHook('onRequest', async ({ headers, method, url }) => {
    if (changesSomething(method, url) && isFromAnotherSite(headers, context.publicOrigin)) {
      throw new Fault('cross-site');
    }
  });
  app.addHook('preClose', async () => proxy.close());
  letRestRunOut(app, context.clock);

  await addSecurityHeaders(app, context.publicOrigin);
  await app.register(fastifyCookie);
  await addSignalling(app, context);
  for (const path of ['/healthz', '/metrics']) {
    app.get(path, async (_request, reply) => {
      const answer = await answerHealth(path, () => ({ ok: true, tunnels: proxy.tunnels }), metrics);
      if (!answer) throw new Fault('not-found');
      return reply.status(answer.status).type(answer.type).send(answer.body);
    });
  }
  addMeetingRoutes(app, context);
  addSessionRoutes(app, context);
  addRecordingRoutes(app, context);
  addHintRoutes(app, context);
  addExportRoutes(app, context);
  addThumbnailRoutes(app, context);
  addZipRoutes(app, context);
  addShareRoutes(app, context);
  addSharedRoutes(app, context);
  addKeepRoutes(app, context);
  addOpenApiRoutes(app, context);
  await addClientFiles(app, context);
  return app;
}
