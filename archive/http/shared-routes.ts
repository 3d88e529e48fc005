import { Fault } from '#protocol/errors.ts';
import { type SharedRecording, sharedRoutes } from '#protocol/http/shares.ts';
import type { Audit } from '../audit/audit.ts';
import { sharedManifest } from '../shares/shared-manifest.ts';
import type { OpenShare, Shares } from '../shares/shares.ts';
import type { Cookies } from './cookies.ts';
import { answerWithManifest } from './json-pieces.ts';
import type { RecordingReader } from './recording-reader.ts';
import { type Exchange, type Feature, feature } from './route.ts';
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
  const openShare = async ({ request }: Pick<Exchange, 'request'>, token: string): Promise<OpenShare> => {
    const { expiresAtMs, shareId } = await shares.find(token);
    // Before it is looked at: one that is revoked meanwhile ends the answer.
    request.stream.hangOn(`share:${shareId}`, expiresAtMs);
    return shares.findUnlocked(token, cookies.shareKey(request, shareId));
  };

  return feature(sharedRoutes, {
    'POST /api/shared/:token': async ({ body, deed, params: { token }, reply }) => {
      const share = await shares.find(token);
      const { recordingId, shareId } = share;
      try {
        const key = await shares.unlock(token, body?.password, deed.address);
        if (key !== undefined) cookies.setShareKey(reply, shareId, key);
      } catch (cause) {
        if (cause instanceof Fault && cause.code === 'share-password-wrong') {
          const refused = { action: 'share-refused', recordingId, detail: shareId } as const;
          await audit.record({ ...deed, actor: 'share', ...refused });
        }
        throw cause;
      }
      const shown = await view(share);
      await shares.countView(shareId);
      const opened = { action: 'share-opened', recordingId, detail: shareId } as const;
      await audit.record({ ...deed, actor: 'share', ...opened });
      return answerWithManifest(reply, shown);
    },

    'GET /api/shared/:token': async ({ params, reply, request }) =>
      answerWithManifest(reply, await view(await openShare({ request }, params.token))),

    'GET /api/shared/:token/files/:name': async ({ deed, params: { name, token }, ...asked }) => {
      const share = await openShare(asked, token);
      const { recordingId, shareId } = share;
      requireShared(share, name);
      if (asked.query.download !== undefined && !share.download) throw new Fault('download-off');
      const by = { ...deed, actor: 'share', recordingId, detail: `${name}, by ${shareId}` } as const;
      return files.recorded(asked, { recordingId, name, by });
    },

    'GET /api/shared/:token/files/:name/thumbnail': async ({ params: { name, token }, ...asked }) => {
      const share = await openShare(asked, token);
      requireShared(share, name);
      const { recordingId, shareId } = share;
      return pictures.send(asked, { recordingId, name, asker: `share ${shareId}` });
    },

    'GET /api/shared/:token/zip': async ({ deed, params, ...asked }) => {
      const { download, file, recordingId, shareId } = await openShare(asked, params.token);
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
