import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { createShareBodySchema } from '#protocol/http/shares.ts';
import { parseMessage } from '#protocol/reply.ts';
import type { HttpContext } from './context.ts';
import { meetingOfRecording, requireManifest } from './recording-access.ts';
import { addRoute } from './route.ts';

/** Making links to a recording, and taking them back. */
export function addShareRoutes(app: FastifyInstance, context: HttpContext): void {
  const { audit, shares } = context;

  addRoute(app, context, 'GET /api/recordings/:id/shares', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: (_request, _reply, { id = '' }) => ({ shares: shares.list(id) }),
  });

  addRoute(app, context, 'POST /api/recordings/:id/shares', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: async (request, reply, { id = '' }, { deed, roles }) => {
      const body = parseMessage(createShareBodySchema, request.body);
      request.stream.hangOn(`recording:${id}`);
      if (body.file !== undefined) request.stream.hangOn(`file:${id}/${body.file}`);
      const { files } = await requireManifest(context, id);
      if (body.file !== undefined && !files.some(({ name }) => name === body.file)) {
        throw new Fault('file-not-found');
      }
      const createdBy = roles.has('admin') ? 'admin' : 'host';
      const given = { ...body, recordingId: id, createdBy, address: deed.address } as const;
      const created = await shares.create(given, request.stream);
      const { expiresAtMs, shareId } = created.share;
      const detail = `${shareId}, ${body.file ?? 'whole recording'}, until ${new Date(expiresAtMs).toISOString()}`;
      audit.record({ ...deed, action: 'share-created', recordingId: id, detail });
      reply.status(201);
      return created;
    },
  });

  addRoute(app, context, 'DELETE /api/recordings/:id/shares/:shareId', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: (_request, _reply, { id = '', shareId = '' }, { deed }) => {
      const share = shares.revoke(id, shareId);
      audit.record({ ...deed, action: 'share-revoked', recordingId: id, detail: shareId });
      return share;
    },
  });
}
