import type { z } from 'zod';
import { Fault } from '#protocol/errors.ts';
import {
  type listRecordingsQuerySchema,
  RECORDINGS_PAGE_SIZE,
  type RecordingRight,
  type RecordingSummary,
  recordingRoutes,
} from '#protocol/http/recordings.ts';
import type { AccessRole } from '#protocol/http/route.ts';
import { type RouteName, routes } from '#protocol/http/table.ts';
import type { Meetings } from '../app/meetings.ts';
import type { Audit } from '../audit/audit.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Deletion } from '../keep/deletion.ts';
import type { Pins } from '../keep/pins.ts';
import { mayUse } from './door.ts';
import { answerWithManifest } from './json-pieces.ts';
import { askerOf, type RecordingReader } from './recording-reader.ts';
import { type Feature, feature } from './route.ts';
import type { FileSender } from './send-file.ts';
import type { PictureSender } from './send-picture.ts';
import type { ZipSender } from './send-zip.ts';

/** Finding recordings, reading their files, and keeping them in order. */
export function recordingFeature(parts: {
  audit: Audit;
  catalog: Catalog;
  deletion: Deletion;
  files: FileSender;
  meetings: Meetings;
  pictures: PictureSender;
  pins: Pins;
  recordings: RecordingReader;
  zips: ZipSender;
}): Feature {
  const { audit, catalog, deletion, files, meetings, pictures, pins, recordings, zips } = parts;

  const live = (summary: RecordingSummary, pinned: ReadonlySet<string>): Promise<RecordingSummary> =>
    recordings.live(pinned.has(summary.recordingId) ? { ...summary, pinned: true } : summary);

  const list = async (
    { from, query: text, to, ...filters }: z.infer<typeof listRecordingsQuerySchema>,
    meetingId?: string,
  ) => {
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
    const pinned = await pins.among(page.entries.map(({ summary }) => summary.recordingId));
    const found = await Promise.all(page.entries.map(({ summary }) => live(summary, pinned)));
    return page.cursor === undefined ? { recordings: found } : { recordings: found, cursor: page.cursor };
  };

  const entryOf = async (recordingId: string) => {
    const entry = await catalog.get(recordingId);
    if (!entry) throw new Fault('recording-not-found');
    return entry;
  };

  return feature(recordingRoutes, {
    'GET /api/recordings': ({ query }) => list(query),

    'GET /api/meetings/:id/recordings': async ({ params, query }) =>
      list(query, (await meetings.get(params.id)).meetingId),

    'GET /api/recordings/:id': async ({ params: { id }, reply, roles }) => {
      const { summary } = await entryOf(id);
      return answerWithManifest(reply, {
        manifest: await recordings.manifest(id),
        summary: await live(summary, await pins.among([id])),
        may: rightsOf(roles),
      });
    },

    'DELETE /api/recordings/:id': ({ deed, params }) => deletion.recording(params.id, deed),

    'DELETE /api/recordings/:id/people/:connectionId': ({ deed, params }) =>
      deletion.person(params.id, params.connectionId, deed),

    'PUT /api/recordings/:id/pin': async ({ deed, params: { id } }) => {
      await entryOf(id);
      await pins.add(id);
      await audit.record({ ...deed, action: 'recording-pinned', recordingId: id });
      return { pinned: true };
    },

    'DELETE /api/recordings/:id/pin': async ({ deed, params: { id } }) => {
      await entryOf(id);
      await pins.remove(id);
      await audit.record({ ...deed, action: 'recording-unpinned', recordingId: id });
      return { pinned: false };
    },

    'GET /api/recordings/:id/files/:name': ({ deed, params: { id, name }, ...asked }) =>
      files.recorded(asked, { recordingId: id, name, by: { ...deed, recordingId: id, detail: name } }),

    'GET /api/recordings/:id/files/:name/thumbnail': ({ deed, params: { id, name }, ...asked }) =>
      pictures.send(asked, { recordingId: id, name, asker: `${deed.actor} of ${id}` }),

    'GET /api/recordings/:id/zip': async ({ deed, params: { id }, ...asked }) => {
      const whole = await recordings.holdClosed(asked.request.stream, id);
      const done = { ...deed, action: 'zip-downloaded', recordingId: id } as const;
      return zips.send(asked, { whole, asker: askerOf(deed, whole), done });
    },
  });
}

/** By which route each of them is carried out. */
const rightRoutes = {
  share: 'POST /api/recordings/:id/shares',
  export: 'POST /api/recordings/:id/exports',
  pin: 'PUT /api/recordings/:id/pin',
  delete: 'DELETE /api/recordings/:id',
} as const satisfies Record<RecordingRight, RouteName>;

/** What these roles may do with a recording that they may read, in the words of its page. */
function rightsOf(roles: ReadonlySet<AccessRole>): RecordingRight[] {
  const rights = Object.keys(rightRoutes) as RecordingRight[];
  return rights.filter((right) => mayUse(routes[rightRoutes[right]], roles));
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value: absent is not the same as undefined to the catalog. */
function withoutUndefined<T extends object>(given: T): Present<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>;
}
