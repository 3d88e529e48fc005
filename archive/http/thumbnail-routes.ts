import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import type { HttpContext } from './context.ts';
import { meetingOfRecording, requireClosed } from './recording-access.ts';
import { addRoute } from './route.ts';
import { sendStored } from './send-file.ts';
import { openShare, requireShared } from './shared-routes.ts';

/** Small pictures of recorded files. */
export function addThumbnailRoutes(app: FastifyInstance, context: HttpContext): void {
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { asker, name, recordingId }: { recordingId: string; name: string; asker: string },
  ) => {
    request.stream.hangOn(`recording:${recordingId}`);
    request.stream.hangOn(`file:${recordingId}/${name}`);
    const manifest = await requireClosed(context, recordingId);
    const file = manifest.files.find((candidate) => candidate.name === name);
    if (!file) throw new Fault('file-not-found');
    const picture = await context.thumbnails.open(recordingId, file, { asker, stream: request.stream });
    return sendStored(context, request, reply, { file: picture, type: 'image/jpeg' });
  };

  addRoute(app, context, 'GET /api/recordings/:id/files/:name/thumbnail', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: (request, reply, { id = '', name = '' }, { deed }) =>
      send(request, reply, { recordingId: id, name, asker: `${deed.actor} of ${id}` }),
  });

  addRoute(app, context, 'GET /api/shared/:token/files/:name/thumbnail', {
    handle: (request, reply, { name = '', token = '' }) => {
      const share = openShare(context, request, reply, token);
      requireShared(share, name);
      return send(request, reply, { recordingId: share.recordingId, name, asker: `share ${share.shareId}` });
    },
  });
}
