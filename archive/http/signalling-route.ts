import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { passedOn, refuse, type SfuProxy, SIGNALLING_PATH } from '../proxy/sfu-proxy.ts';
import { isFromAnotherSite } from './same-origin.ts';

/** socket.io's polling requests and WebSocket upgrades, passed through to the SFU. */
export async function addSignalling(
  app: FastifyInstance,
  { proxy, publicOrigin }: { proxy: SfuProxy; publicOrigin: string | undefined },
): Promise<void> {
  app.server.on('upgrade', (request, socket, head) => {
    if (isFromAnotherSite(request.headers, publicOrigin)) refuse(socket, new Fault('cross-site'));
    else proxy.tunnel(request, socket, head);
  });
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: `${SIGNALLING_PATH}/*`,
      handler: async (request, reply) => {
        const response = await proxy.forward(request.raw, reply.raw);
        return reply
          .status(response.statusCode ?? 502)
          .headers(passedOn(response.headers))
          .send(response);
      },
    });
  });
}
