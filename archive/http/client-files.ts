import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import type { Log } from '#service/log.ts';
import { sendError } from './errors.ts';

/** The client's own addresses: all are index.html, which shows the right page. */
const SHARED_PAGE = '/s/:token';
const PAGES = ['/', '/m/:meeting', '/m/:meeting/recordings', '/admin', '/admin/*', '/record', SHARED_PAGE];

const UNBUILT = `<!doctype html><meta charset="utf-8"><title>Verbatim: not built yet</title>
<h1>The pages are not built yet</h1>
<p>Run <code>npm start</code>, which builds them, or <code>npx vite build client</code>, then reload.</p>
`;

/** Serves the client built in this folder: hashed assets for ever, everything else asked for anew. */
export async function addClientFiles(app: FastifyInstance, clientFolder: string, log: Log): Promise<void> {
  await app.register(fastifyStatic, {
    root: clientFolder,
    index: false,
    cacheControl: false,
    // The build writes a .br and a .gz beside each text file.
    preCompressed: true,
    globIgnore: ['**/.*'],
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(clientFolder, 'assets'));
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const url of PAGES) {
    app.route({
      method: ['GET', 'HEAD'],
      url,
      handler: (_request, reply) => {
        if (url === SHARED_PAGE) reply.header('x-robots-tag', 'noindex, nofollow, noarchive');
        if (existsSync(join(clientFolder, 'index.html'))) return reply.sendFile('index.html');
        return reply.status(503).header('cache-control', 'no-store').type('text/html').send(UNBUILT);
      },
    });
  }
  app.setNotFoundHandler((_request, reply) => sendError(reply, new Fault('not-found'), log));
}
