import type { FastifyInstance } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import {
  listRecordingsQuerySchema,
  RECORDINGS_PAGE_SIZE,
  type RecordingSummary,
} from '#protocol/http/recordings.ts';
import { parseMessage } from '#protocol/reply.ts';
import { rightsOf } from '../access/table.ts';
import type { Deed } from '../audit/deed.ts';
import { withLiveFacts } from '../catalog/live-facts.ts';
import { auditWatching } from './audit-watching.ts';
import type { HttpContext } from './context.ts';
import { answerWithManifest } from './json-pieces.ts';
import { meetingOfRecording, requireManifest } from './recording-access.ts';
import { addRoute } from './route.ts';
import { isDownload, sendFile } from './send-file.ts';

/** Finding recordings and reading their files. */
export function addRecordingRoutes(app: FastifyInstance, context: HttpContext): void {
  const { catalog, downloads, log, meetings, pins, store } = context;
  const meetingOf = (id?: string) => meetingOfRecording(context, id);

  /** A broken manifest of one must not hide the list of all. */
  const live = async (indexed: RecordingSummary): Promise<RecordingSummary> => {
    const summary = pins.has(indexed.recordingId) ? { ...indexed, pinned: true as const } : indexed;
    try {
      return await withLiveFacts(summary, store, context.manifests);
    } catch (cause) {
      log.warn('live-facts-failed', { recordingId: summary.recordingId, cause: (cause as Error).message });
      return summary;
    }
  };

  const list = async (query: unknown, meetingId?: string) => {
    const { from, query: text, to, ...filters } = parseMessage(listRecordingsQuerySchema, query);
    const page = await catalog.list({
      limit: RECORDINGS_PAGE_SIZE,
      ...withoutUndefined(filters),
      ...withoutUndefined({
        text,
        meetingId,
        fromMs: from === undefined ? undefined : Date.parse(from),
        toMs: to === undefined ? undefined : Date.parse(to),
      }),
    });
    const recordings = await Promise.all(page.entries.map((entry) => live(entry.summary)));
    return page.cursor === undefined ? { recordings } : { recordings, cursor: page.cursor };
  };

  addRoute(app, context, 'GET /api/recordings', { handle: (request) => list(request.query) });

  addRoute(app, context, 'GET /api/meetings/:id/recordings', {
    meetingOf: ({ id }) => id,
    handle: (request, _reply, { id = '' }) => list(request.query, meetings.get(id).meetingId),
  });

  addRoute(app, context, 'GET /api/recordings/:id', {
    meetingOf: ({ id }) => meetingOf(id),
    handle: async (_request, reply, { id = '' }, { roles }) => {
      const entry = await catalog.get(id);
      if (!entry) throw new Fault('recording-not-found');
      return answerWithManifest(reply, {
        manifest: await requireManifest(context, id),
        summary: await live(entry.summary),
        may: rightsOf(roles),
      });
    },
  });

  addRoute(app, context, 'GET /api/recordings/:id/files/:name', {
    meetingOf: ({ id }) => meetingOf(id),
    handle: async (request, reply, { id = '', name = '' }, { deed }) => {
      const done: Deed = { ...deed, action: 'file-downloaded', recordingId: id, detail: name };
      const onSend = (bytes: number) => downloads.begin(done, bytes);
      const answer = await sendFile(context, request, reply, {
        recordingId: id,
        name,
        ...(isDownload(request) && { onSend }),
      });
      auditWatching(context, request, reply, done);
      return answer;
    },
  });
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value: absent is not the same as undefined to the catalog. */
function withoutUndefined<T extends object>(given: T): Present<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>;
}
