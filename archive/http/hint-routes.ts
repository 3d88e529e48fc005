import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { hintBodySchema } from '#protocol/http/hints.ts';
import { parseMessage } from '#protocol/reply.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { HttpContext } from './context.ts';
import { addRoute } from './route.ts';

/** What recorders tell the archive. Everybody reaches these; what opens them is the proof in the body. */
export function addHintRoutes(app: FastifyInstance, context: HttpContext): void {
  const { hintDoor, indexer } = context;

  addRoute(app, context, 'POST /api/hint/challenge', {
    handle: () => ({ challenge: hintDoor.challenge() }),
  });

  addRoute(app, context, 'POST /api/hint', {
    handle: async (request) => {
      const body = request.body as Record<string, unknown> | null;
      // Said before its shape is looked at: a recorder of before sends another one.
      if (body?.version !== PROTOCOL_VERSION) {
        throw new Fault('protocol-mismatch', 'Recorder and archive are of different versions. Update both.');
      }
      const hint = parseMessage(hintBodySchema, body);
      const proof = hintDoor.take(hint);
      await indexer.refresh(hint.recordingId);
      return { proof };
    },
  });
}
