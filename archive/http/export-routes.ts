import { Fault } from '#protocol/errors.ts';
import { exportRoutes } from '#protocol/http/exports.ts';
import type { Audit } from '../audit/audit.ts';
import { ENDINGS } from '../exports/export-run.ts';
import type { Exports } from '../exports/exports.ts';
import type { HumanNames } from '../names/human-name.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import { askerOf, type RecordingReader } from './recording-reader.ts';
import { type Feature, feature } from './route.ts';
import type { FileSender } from './send-file.ts';

const TYPES = { '.mp4': 'video/mp4', '.m4a': 'audio/mp4', '.flv': 'video/x-flv' };

/** Making other files from recordings, and fetching them. */
export function exportFeature(parts: {
  audit: Audit;
  exports: Exports;
  files: FileSender;
  names: HumanNames;
  recordings: RecordingReader;
  streams: OpenStreams;
}): Feature {
  const { audit, exports, files, names, recordings, streams } = parts;

  return feature(exportRoutes, {
    'GET /api/recordings/:id/exports': async ({ params }) => ({ exports: await exports.list(params.id) }),

    'POST /api/recordings/:id/exports': async ({ body, deed, params: { id }, reply, request }) => {
      const file = 'file' in body ? body.file : undefined;
      const manifest = await recordings.holdClosed(request.stream, id, file);
      const name = file === undefined ? names.whole(manifest) : names.each(manifest).get(file);
      if (name === undefined || manifest.files.length === 0) throw new Fault('file-not-found');
      const codec = manifest.files.find((one) => one.name === file)?.audio.codec;
      if (body.kind.endsWith('-aac') && codec === 'aac') throw new Fault('export-needless');
      const asker = askerOf(deed, manifest);
      const asked = { recordingId: id, kind: body.kind, file, name, asker };
      const { created, job } = await exports.create(asked, request.stream);
      const { downloadName: detail } = job;
      if (created) await audit.record({ ...deed, action: 'export-started', recordingId: id, detail });
      else reply.status(200);
      return job;
    },

    'GET /api/exports/:exportId': ({ params }) => exports.get(params.exportId),

    'DELETE /api/exports/:exportId': async ({ deed, params: { exportId } }) => {
      const job = await exports.cancelOrRemove(exportId);
      streams.end(`export:${exportId}`);
      const { downloadName, recordingId } = job;
      await audit.record({ ...deed, action: 'export-deleted', recordingId, detail: downloadName });
      return job;
    },

    'POST /api/exports/:exportId/retry': ({ params }) => exports.retry(params.exportId),

    'GET /api/exports/:exportId/file': async ({ deed, params: { exportId }, reply, request }) => {
      const { downloadName, kind, recordingId } = await exports.get(exportId);
      request.stream.hangOn(`recording:${recordingId}`);
      request.stream.hangOn(`export:${exportId}`);
      const done = { ...deed, action: 'export-downloaded', recordingId, detail: downloadName } as const;
      return files.stored(
        { request, reply },
        {
          file: await exports.open(exportId),
          type: TYPES[ENDINGS[kind]],
          done: { as: downloadName, deed: done },
        },
      );
    },
  });
}
