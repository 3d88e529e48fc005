import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { StoredFile } from '#recordings/store.ts';
import type { HttpContext } from './context.ts';
import { downloadAs } from './download-name.ts';
import { followFile } from './follow-file.ts';
import { isUnchanged, parseRange, rangeStillValid } from './range.ts';
import { whileRead } from './unread.ts';

/**
 * Told when bytes of a file of so many are about to be sent: not for HEAD, not where nothing changed, not for a range that
 * lies outside. @returns what is told how many were
 */
export type OnSend = (fileBytes: number) => (bytes: number) => void;

/** What is answered with. */
interface Served {
  file: StoredFile;
  type: string;
  onSend?: OnSend;
}

/**
 * Answers with a file of a recording: whole, one range of it (RFC 9110 §14), or with `?follow=1` from its beginning
 * until its writer completes it. @throws Fault `file-not-found`, `range-invalid`
 */
export async function sendFile(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { name, onSend, recordingId }: { recordingId: string; name: string; onSend?: OnSend },
): Promise<FastifyReply> {
  request.stream.hangOn(`recording:${recordingId}`);
  request.stream.hangOn(`file:${recordingId}/${name}`);
  const file = await context.store.open(recordingId, name);
  if (!file) throw new Fault('file-not-found');
  const query = request.query as Record<string, unknown>;
  return sendBody(context, request, reply, file, async () => {
    if (isDownload(request)) {
      const manifest = await manifestOf(context, recordingId);
      const human = manifest && context.names.each(manifest).get(name);
      reply.header('content-disposition', downloadAs(human === undefined ? name : `${human}.flv`));
    }
    return query.follow === '1'
      ? follow(context, request, reply, { recordingId, name, file, ...(onSend && { onSend }) })
      : serve(request, reply, { file, type: 'video/x-flv', ...(onSend && { onSend }) });
  });
}

/** Answers with any other stored file, whole or one range of it; `downloadName` makes browsers save it. */
export function sendStored(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { downloadName, ...served }: Served & { downloadName?: string },
): Promise<FastifyReply> {
  return sendBody(context, request, reply, served.file, async () => {
    if (downloadName !== undefined) reply.header('content-disposition', downloadAs(downloadName));
    return serve(request, reply, served);
  });
}

/** Whether the file is to be saved, not played. */
export function isDownload(request: FastifyRequest): boolean {
  return (request.query as Record<string, unknown>).download === '1';
}

/** Sends what `prepare` makes, and closes the file whatever happens. */
async function sendBody(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  file: StoredFile,
  prepare: () => Promise<Readable | undefined>,
): Promise<FastifyReply> {
  let body: Readable | undefined;
  try {
    body = await prepare();
    request.stream.begin(() => reply.raw.destroy());
  } catch (cause) {
    body?.destroy();
    body = undefined;
    throw cause;
  } finally {
    if (!body) await file.close();
  }
  if (!body) return reply.send();
  body.once('close', () => {
    file.close().catch((cause: Error) => context.log.warn('file-close-failed', { cause: cause.message }));
  });
  return reply.send(body);
}

function serve(
  request: FastifyRequest,
  reply: FastifyReply,
  { file, onSend, type }: Served,
): Readable | undefined {
  const etag = `"${file.version}"`;
  reply.headers({ 'accept-ranges': 'bytes', 'cache-control': 'private, no-cache', etag });
  reply.header('last-modified', new Date(file.modifiedAtMs).toUTCString());
  if (isUnchanged(request.headers['if-none-match'], etag)) {
    reply.status(304);
    return undefined;
  }
  // A Range is defined for GET alone (RFC 9110 §14.2).
  const honoured = request.method === 'GET' && rangeStillValid(ifRangeOf(request), etag);
  const range = honoured ? parseRange(request.headers.range, file.bytes) : undefined;
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${file.bytes}`);
    throw new Fault('range-invalid');
  }
  const { from, to } = range ?? { from: 0, to: file.bytes };
  if (range) reply.status(206).header('content-range', `bytes ${from}-${to - 1}/${file.bytes}`);
  reply.header('content-type', type).header('content-length', to - from);
  if (request.method === 'HEAD') return undefined;
  return onSend ? counted(file.read(from, to), onSend(file.bytes)) : file.read(from, to);
}

function follow(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
  {
    file,
    name,
    onSend,
    recordingId,
  }: { recordingId: string; name: string; file: StoredFile; onSend?: OnSend },
): Readable | undefined {
  reply.header('content-type', 'video/x-flv').header('cache-control', 'no-store');
  if (request.method === 'HEAD') return undefined;
  const { clock, looks } = context;
  const chunks = followFile({ clock, file, look: () => looks.look(recordingId, name) });
  const onUnread = () => {
    context.log.warn('follower-unread', { recordingId, name });
    context.unread.count += 1;
    reply.raw.destroy();
  };
  const body = Readable.from(whileRead(chunks, clock, onUnread), { objectMode: false });
  // However long it grows, it is one download.
  return onSend ? counted(body, onSend(Number.POSITIVE_INFINITY)) : body;
}

/** The same bytes, each told of as it goes out. */
function counted(body: Readable, sent: (bytes: number) => void): Readable {
  const chunks = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of body) {
      sent(chunk.length);
      yield chunk;
    }
  };
  return Readable.from(chunks(), { objectMode: false });
}

async function manifestOf(context: HttpContext, recordingId: string): Promise<Manifest | undefined> {
  try {
    return (await context.manifests.read(recordingId))?.manifest;
  } catch (cause) {
    if (cause instanceof Fault && cause.code === 'rate-limited') throw cause;
    context.log.warn('manifest-broken', { recordingId, cause: (cause as Error).message });
    return undefined;
  }
}

function ifRangeOf(request: FastifyRequest): string | undefined {
  const header = request.headers['if-range'];
  return Array.isArray(header) ? header.join(', ') : header;
}
