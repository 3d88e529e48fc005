import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { openShareBodySchema, type SharedRecording } from '#protocol/http/shares.ts';
import { parseMessage } from '#protocol/reply.ts';
import type { Deed } from '../audit/deed.ts';
import { sharedManifest } from '../shares/shared-manifest.ts';
import type { OpenShare } from '../shares/shares.ts';
import { auditWatching } from './audit-watching.ts';
import type { HttpContext } from './context.ts';
import { isSecure, setShareCookie, shareKeyOf } from './cookies.ts';
import { answerWithManifest } from './json-pieces.ts';
import { requireManifest } from './recording-access.ts';
import { addRoute } from './route.ts';
import { isDownload, sendFile } from './send-file.ts';

/** What a link opens, without an account. */
export function addSharedRoutes(app: FastifyInstance, context: HttpContext): void {
  const { audit, downloads, limits, shares } = context;

  const view = async ({ download, expiresAtMs, file, recordingId }: OpenShare): Promise<SharedRecording> => {
    const manifest = await requireManifest(context, recordingId);
    return { manifest: sharedManifest(manifest, file), expiresAtMs, download };
  };

  addRoute(app, context, 'POST /api/shared/:token', {
    handle: async (request, reply, { token = '' }, { deed }) => {
      keepSecret(reply);
      limits.openShare.count(deed.address);
      const { password } = parseMessage(openShareBodySchema, request.body ?? {});
      const share = shares.find(token);
      const { recordingId, shareId } = share;
      try {
        const key = await shares.unlock(token, password, deed.address);
        if (key !== undefined) setShareCookie(reply, shareId, key, isSecure(context, request));
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
  });

  addRoute(app, context, 'GET /api/shared/:token', {
    handle: async (request, reply, { token = '' }) =>
      answerWithManifest(reply, await view(openShare(context, request, reply, token))),
  });

  addRoute(app, context, 'GET /api/shared/:token/files/:name', {
    handle: async (request, reply, { name = '', token = '' }, { deed }) => {
      const share = openShare(context, request, reply, token);
      const { recordingId, shareId } = share;
      requireShared(share, name);
      const isSaved = isDownload(request);
      if (isSaved && !share.download) throw new Fault('download-off');
      const detail = `${name}, by ${shareId}`;
      const done: Deed = { ...deed, actor: 'share', action: 'file-downloaded', recordingId, detail };
      const onSend = (bytes: number) => downloads.begin(done, bytes);
      const answer = await sendFile(context, request, reply, {
        recordingId,
        name,
        ...(isSaved && { onSend }),
      });
      auditWatching(context, request, reply, done);
      return answer;
    },
  });
}

/** The share, when its link is open and the request shows what its password asks for. */
export function openShare(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  token: string,
): OpenShare {
  keepSecret(reply);
  const share = context.shares.find(token);
  context.shares.requireKey(token, shareKeyOf(context, request, share.shareId));
  request.stream.hangOn(`share:${share.shareId}`, share.expiresAtMs);
  return share;
}

/** @throws Fault `file-not-found` for every file but the one shared */
export function requireShared({ file }: OpenShare, name: string): void {
  if (file !== undefined && file !== name) throw new Fault('file-not-found');
}

/** The address is the secret: neither indexed nor told to other sites. */
function keepSecret(reply: FastifyReply): void {
  reply.header('x-robots-tag', 'noindex, nofollow, noarchive').header('referrer-policy', 'no-referrer');
}
