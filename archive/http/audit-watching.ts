import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deed } from '../audit/deed.ts';
import type { HttpContext } from './context.ts';
import { isDownload } from './send-file.ts';

/** Writes down that somebody watches, once it is clear that they are sent something: not what is refused, or unchanged. */
export function auditWatching(
  { audit }: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  deed: Omit<Deed, 'action'>,
): void {
  if (request.method !== 'GET' || isDownload(request) || ![200, 206].includes(reply.statusCode)) return;
  audit.watched(deed, `${deed.actor} ${deed.address}`);
}
