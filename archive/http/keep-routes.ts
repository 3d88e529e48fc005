import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { type AuditEntry, listAuditQuerySchema } from '#protocol/http/audit.ts';
import { retentionSchema } from '#protocol/http/storage.ts';
import { parseMessage } from '#protocol/reply.ts';
import { storageUse } from '../keep/storage-use.ts';
import type { HttpContext } from './context.ts';
import { meetingOfRecording } from './recording-access.ts';
import { addRoute } from './route.ts';

/** Keeping recordings in order: pins, deletion, storage and the audit log. */
export function addKeepRoutes(app: FastifyInstance, context: HttpContext): void {
  const { audit, catalog, deletion, pins, retention } = context;

  const named = async (entry: AuditEntry): Promise<AuditEntry> => {
    const recording = entry.recordingId === undefined ? undefined : await catalog.get(entry.recordingId);
    return recording ? { ...entry, meetingName: recording.summary.meetingName } : entry;
  };

  addRoute(app, context, 'PUT /api/recordings/:id/pin', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: async (_request, _reply, { id = '' }, { deed }) => {
      if (!(await catalog.get(id))) throw new Fault('recording-not-found');
      pins.add(id);
      audit.record({ ...deed, action: 'recording-pinned', recordingId: id });
      return { pinned: true };
    },
  });

  addRoute(app, context, 'DELETE /api/recordings/:id/pin', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: async (_request, _reply, { id = '' }, { deed }) => {
      if (!(await catalog.get(id))) throw new Fault('recording-not-found');
      pins.remove(id);
      audit.record({ ...deed, action: 'recording-unpinned', recordingId: id });
      return { pinned: false };
    },
  });

  addRoute(app, context, 'DELETE /api/recordings/:id', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: (_request, _reply, { id = '' }, { deed }) => deletion.recording(id, deed),
  });

  addRoute(app, context, 'DELETE /api/recordings/:id/people/:connectionId', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: (_request, _reply, { connectionId = '', id = '' }, { deed }) =>
      deletion.person(id, connectionId, deed),
  });

  addRoute(app, context, 'GET /api/storage', {
    handle: async () => {
      const use = await storageUse({
        catalog,
        recordingsDir: context.recordingsDir,
        exportBytes: context.exports.totalBytes(),
        minFreeBytes: context.minFreeBytes,
        nowMs: context.clock.wallMs(),
      });
      const { jump: clockJump } = context.clockTrust;
      return { ...use, retention: retention.settings, ...(clockJump && { clockJump }) };
    },
  });

  addRoute(app, context, 'PUT /api/storage/retention', {
    handle: (request, _reply, _params, { deed }) => {
      const settings = parseMessage(retentionSchema, request.body);
      retention.set(settings);
      const days = settings.days === null ? 'no limit of days' : `${settings.days} days`;
      const bytes = settings.maxBytes === null ? 'no limit of bytes' : `${settings.maxBytes} bytes`;
      audit.record({ ...deed, action: 'retention-changed', detail: `${days}, ${bytes}` });
      return settings;
    },
  });

  addRoute(app, context, 'POST /api/storage/retention/dry-run', {
    handle: (request) => retention.plan(parseMessage(retentionSchema, request.body)),
  });

  addRoute(app, context, 'POST /api/storage/retention/run', {
    handle: (_request, _reply, _params, { deed }) => retention.run(deed),
  });

  addRoute(app, context, 'GET /api/audit', {
    handle: async (request) => {
      const page = audit.list(parseMessage(listAuditQuerySchema, request.query));
      return { ...page, entries: await Promise.all(page.entries.map(named)) };
    },
  });
}
