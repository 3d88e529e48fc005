import type { FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { type SharedRecording, sharedRoutes } from '#protocol/http/shares.ts';
import type { Audit } from '../audit/audit.ts';
import { sharedManifest } from '../shares/shared-manifest.ts';
import type { OpenShare, Shares } from '../shares/shares.ts';
import type { Cookies } from './cookies.ts';
import { answerWithManifest } from './json-pieces.ts';
import type { RecordingReader } from './recording-reader.ts';
import { type Feature, feature } from './route.ts';
import type { FileSender } from './send-file.ts';
import type { PictureSender } from './send-picture.ts';
import type { ZipSender } from './send-zip.ts';

/** What a link opens, without an account. */
export function sharedFeature(parts: {
  audit: Audit;
  cookies: Cookies;
  files: FileSender;
  pictures: PictureSender;
  recordings: RecordingReader;
  shares: Shares;
  zips: ZipSender;
}): Feature {
  const { audit, cookies, files, pictures, recordings, shares, zips } = parts;

  const view = async ({ download, expiresAtMs, file, recordingId }: OpenShare): Promise<SharedRecording> => {
    const manifest = await recordings.manifest(recordingId);
    return { manifest: sharedManifest(manifest, file), expiresAtMs, download };
  };

  /** The share, when its link is open and the request shows what its password asks for. */
  const openShare = (request: FastifyRequest, token: string): OpenShare => {
    const share = shares.find(token);
    shares.requireKey(token, cookies.shareKey(request, share.shareId));
    request.stream.hangOn(`share:${share.shareId}`, share.expiresAtMs);
    return share;
  };

  return feature(sharedRoutes, {
    'POST /api/shared/:token': async ({ body, deed, params: { token }, reply }) => {
      const share = shares.find(token);
      const { recordingId, shareId } = share;
      try {
        const key = await shares.unlock(token, body?.password, deed.address);
        if (key !== undefined) cookies.setShareKey(reply, shareId, key);
      } catch (cause) {
        if (cause instanceof Fault && cause.code === 'share-password-wrong') {
          audit.record({ ...deed, actor: 'share', action: 'share-refused', recordingId, detail: shareId });
        }
        throw cause;
      }
      const shown = await view(share);
      shares.countView(shareId);
      audit.record({ ...deed, actor: 'share', action: 'share-opened', recordingId, detail: shareId });
      return answerWithManifest(reply, shown);
    },

    'GET /api/shared/:token': async ({ params, reply, request }) =>
      answerWithManifest(reply, await view(openShare(request, params.token))),

    'GET /api/shared/:token/files/:name': async ({ deed, params: { name, token }, ...asked }) => {
      const share = openShare(asked.request, token);
      const { recordingId, shareId } = share;
      requireShared(share, name);
      if (asked.query.download !== undefined && !share.download) throw new Fault('download-off');
      const by = { ...deed, actor: 'share', recordingId, detail: `${name}, by ${shareId}` } as const;
      return files.recorded(asked, { recordingId, name, by });
    },

    'GET /api/shared/:token/files/:name/thumbnail': async ({ params: { name, token }, ...asked }) => {
      const share = openShare(asked.request, token);
      requireShared(share, name);
      const { recordingId, shareId } = share;
      return pictures.send(asked, { recordingId, name, asker: `share ${shareId}` });
    },

    'GET /api/shared/:token/zip': async ({ deed, params, ...asked }) => {
      const { download, file, recordingId, shareId } = openShare(asked.request, params.token);
      if (!download) throw new Fault('download-off');
      const whole = await recordings.holdClosed(asked.request.stream, recordingId, file);
      const done = {
        ...deed,
        actor: 'share',
        action: 'zip-downloaded',
        recordingId,
        detail: shareId,
      } as const;
      const shown = sharedManifest(whole, file);
      return zips.send(asked, { whole, shown, asker: `share ${shareId}`, done });
    },
  });
}

/** @throws Fault `file-not-found` for every file but the one shared */
function requireShared({ file }: OpenShare, name: string): void {
  if (file !== undefined && file !== name) throw new Fault('file-not-found');
}
