import type { FastifyReply } from 'fastify';
import { Fault } from '#protocol/errors.ts';

/** Aborted once nobody waits for this answer any more: it was sent, or its connection is gone. */
export function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort(new Fault('timeout', 'The connection was closed.')));
  return controller.signal;
}
