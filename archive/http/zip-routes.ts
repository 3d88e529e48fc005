import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Deed } from '../audit/deed.ts';
import { sharedManifest } from '../shares/shared-manifest.ts';
import type { HttpContext } from './context.ts';
import { downloadAs } from './download-name.ts';
import { goneSignal } from './gone.ts';
import { askerOf, holdClosed, meetingOfRecording } from './recording-access.ts';
import { addRoute } from './route.ts';
import { openShare } from './shared-routes.ts';

/** A recording's files in one. */
export function addZipRoutes(app: FastifyInstance, context: HttpContext): void {
  addRoute(app, context, 'GET /api/recordings/:id/zip', {
    meetingOf: ({ id }) => meetingOfRecording(context, id),
    handle: async (request, reply, { id = '' }, { deed }) => {
      const manifest = await holdClosed(context, request.stream, id);
      const asker = askerOf(deed, manifest);
      const done: Deed = { ...deed, action: 'zip-downloaded', recordingId: id };
      return sendZip(context, request, reply, { manifest, names: context.names.each(manifest), asker, done });
    },
  });

  addRoute(app, context, 'GET /api/shared/:token/zip', {
    handle: async (request, reply, { token = '' }, { deed }) => {
      const { download, file, recordingId, shareId } = openShare(context, request, reply, token);
      if (!download) throw new Fault('download-off');
      const manifest = await holdClosed(context, request.stream, recordingId, file);
      const done: Deed = { ...deed, actor: 'share', action: 'zip-downloaded', recordingId, detail: shareId };
      // Its file is called as it is for everybody else, also where the one that it shares its name with is not in it.
      const names = context.names.each(manifest);
      const shown = sharedManifest(manifest, file);
      return sendZip(context, request, reply, { manifest: shown, names, asker: `share ${shareId}`, done });
    },
  });
}

async function sendZip(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  {
    asker,
    done,
    manifest,
    names,
  }: { manifest: Manifest; names: ReadonlyMap<string, string>; asker: string; done: Deed },
): Promise<FastifyReply> {
  const { audit, store, zips } = context;
  const { recordingId, startedAtMs } = manifest;
  const { stream } = request;
  const files = await Promise.all(
    manifest.files.map(async ({ crc32, name, sha256 }) => {
      const facts = await store.stat(recordingId, name);
      if (!facts) return [];
      const path = join(store.folderOf(recordingId), name);
      const sums = { ...(sha256 && { sha256 }), ...(crc32 && { crc32 }) };
      return [{ path, name: `${names.get(name)}.flv`, bytes: facts.bytes, ...sums }];
    }),
  );
  const text = `${JSON.stringify(manifest, undefined, 1)}\n`;
  const modified = { epochMs: startedAtMs, local: context.names.local(startedAtMs) };
  const plan = { manifest: text, files: files.flat(), modified };
  stream.requireOpen();
  const zip = await zips.make(plan, asker, goneSignal(reply));
  reply.header('content-disposition', downloadAs(`${context.names.whole(manifest)}.zip`));
  reply.header('content-type', 'application/zip').header('content-length', zip.bytes);
  if (request.method === 'HEAD') {
    zip.output.destroy();
    return reply.send();
  }
  try {
    stream.begin(() => reply.raw.destroy());
  } catch (cause) {
    zip.output.destroy();
    throw cause;
  }
  audit.record(done);
  return reply.send(zip.output);
}
