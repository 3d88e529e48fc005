import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const HSTS_S = 365 * 24 * 60 * 60;
/** A name or an address, with or without a port: nothing that could say more in the header. */
const HOST = /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i;

/**
 * What the pages may do. Styles may be inline because the component library sets them; scripts never. No
 * upgrade-insecure-requests: the page is also served without TLS on a local network; and HSTS only where PUBLIC_URL says that
 * people come by HTTPS, since it binds a name for a year.
 */
export async function addSecurityHeaders(
  app: FastifyInstance,
  publicOrigin: string | undefined,
): Promise<void> {
  const socketOf = (scheme: 'ws' | 'wss') => (request: IncomingMessage) =>
    socketSource(request, scheme, publicOrigin);
  await app.register(helmet, {
    hsts: publicOrigin?.startsWith('https:') ? { maxAge: HSTS_S, includeSubDomains: false } : false,
    originAgentCluster: false,
    crossOriginOpenerPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", socketOf('ws'), socketOf('wss')],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header(
      'permissions-policy',
      'camera=(self), microphone=(self), display-capture=(self), geolocation=()',
    );
  });
}

/**
 * Our own WebSocket, named: older Safaris do not count it among 'self'. Without a PUBLIC_URL we are what the browser calls us,
 * and cannot know whether it speaks HTTPS to a proxy before us.
 */
function socketSource(
  { headers }: IncomingMessage,
  scheme: 'ws' | 'wss',
  publicOrigin: string | undefined,
): string {
  if (publicOrigin !== undefined) return publicOrigin.replace(/^http/, 'ws');
  return HOST.test(headers.host ?? '') ? `${scheme}://${headers.host}` : "'self'";
}
