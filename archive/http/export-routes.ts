import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { createExportBodySchema } from '#protocol/http/exports.ts';
import { parseMessage } from '#protocol/reply.ts';
import type { Deed } from '../audit/deed.ts';
import type { HttpContext } from './context.ts';
import { askerOf, holdClosed, meetingOfRecording } from './recording-access.ts';
import { addRoute, type Params } from './route.ts';
import { sendStored } from './send-file.ts';

/** Making other files from recordings, and fetching them. */
export function addExportRoutes(app: FastifyInstance, context: HttpContext): void {
  const { audit, downloads, exports, names } = context;
  const meetingOfExport = ({ exportId = '' }: Params) =>
    meetingOfRecording(context, exports.recordingOf(exportId));

  addRoute(app, context, 'GET /api/recordings/:id/exports', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: (_request, _reply, { id = '' }) => ({ exports: exports.list(id) }),
  });

  addRoute(app, context, 'POST /api/recordings/:id/exports', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: async (request, reply, { id = '' }, { deed }) => {
      const body = parseMessage(createExportBodySchema, request.body);
      const file = 'file' in body ? body.file : undefined;
      const manifest = await holdClosed(context, request.stream, id, file);
      const name = file === undefined ? names.whole(manifest) : names.each(manifest).get(file);
      if (name === undefined || manifest.files.length === 0) throw new Fault('file-not-found');
      request.stream.requireOpen();
      const { created, job } = exports.create({
        recordingId: id,
        kind: body.kind,
        file,
        name,
        asker: askerOf(deed, manifest),
      });
      if (created)
        audit.record({ ...deed, action: 'export-started', recordingId: id, detail: job.downloadName });
      reply.status(created ? 201 : 200);
      return job;
    },
  });

  addRoute(app, context, 'GET /api/exports/:exportId', {
    meetingOf: meetingOfExport,
    handle: (_request, _reply, { exportId = '' }) => exports.get(exportId),
  });

  addRoute(app, context, 'DELETE /api/exports/:exportId', {
    meetingOf: meetingOfExport,
    handle: async (_request, _reply, { exportId = '' }, { deed }) => {
      const job = await exports.cancelOrRemove(exportId);
      context.streams.end(`export:${exportId}`);
      const { downloadName, recordingId } = job;
      audit.record({ ...deed, action: 'export-deleted', recordingId, detail: downloadName });
      return job;
    },
  });

  addRoute(app, context, 'POST /api/exports/:exportId/retry', {
    meetingOf: meetingOfExport,
    handle: (_request, _reply, { exportId = '' }) => exports.retry(exportId),
  });

  addRoute(app, context, 'GET /api/exports/:exportId/file', {
    meetingOf: meetingOfExport,
    handle: async (request, reply, { exportId = '' }, { deed }) => {
      const { downloadName, kind, recordingId } = exports.get(exportId);
      request.stream.hangOn(`recording:${recordingId}`);
      request.stream.hangOn(`export:${exportId}`);
      const file = await exports.open(exportId);
      const type = kind === 'audio' ? 'audio/mp4' : 'video/mp4';
      const done: Deed = { ...deed, action: 'export-downloaded', recordingId, detail: downloadName };
      const onSend = (bytes: number) => downloads.begin(done, bytes);
      return sendStored(context, request, reply, { file, type, downloadName, onSend });
    },
  });
}
