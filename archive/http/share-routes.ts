import { Fault } from '#protocol/errors.ts';
import { shareRoutes } from '#protocol/http/shares.ts';
import type { Audit } from '../audit/audit.ts';
import type { Shares } from '../shares/shares.ts';
import type { RecordingReader } from './recording-reader.ts';
import { type Feature, feature } from './route.ts';

/** Making links to a recording, and taking them back. */
export function shareFeature(parts: { audit: Audit; recordings: RecordingReader; shares: Shares }): Feature {
  const { audit, recordings, shares } = parts;

  return feature(shareRoutes, {
    'GET /api/recordings/:id/shares': async ({ params }) => ({ shares: await shares.list(params.id) }),

    'POST /api/recordings/:id/shares': async ({ body, deed, params: { id }, request, roles }) => {
      request.stream.hangOn(`recording:${id}`);
      if (body.file !== undefined) request.stream.hangOn(`file:${id}/${body.file}`);
      const { files } = await recordings.manifest(id);
      if (body.file !== undefined && !files.some(({ name }) => name === body.file)) {
        throw new Fault('file-not-found');
      }
      const createdBy = roles.has('admin') ? 'admin' : 'host';
      const given = { ...body, recordingId: id, createdBy, address: deed.address } as const;
      const created = await shares.create(given, request.stream);
      const { expiresAtMs, shareId } = created.share;
      const detail = `${shareId}, ${body.file ?? 'whole recording'}, until ${new Date(expiresAtMs).toISOString()}`;
      await audit.record({ ...deed, action: 'share-created', recordingId: id, detail });
      return created;
    },

    'DELETE /api/recordings/:id/shares/:shareId': async ({ deed, params: { id, shareId } }) => {
      const share = await shares.revoke(id, shareId);
      await audit.record({ ...deed, action: 'share-revoked', recordingId: id, detail: shareId });
      return share;
    },
  });
}
