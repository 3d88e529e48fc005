import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '#protocol/errors.ts';
import { type FileQuery, FLV } from '#protocol/http/recordings.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Store, StoredFile } from '#store/store.ts';
import type { Audit } from '../audit/audit.ts';
import type { Deed } from '../audit/deed.ts';
import { Downloads } from '../audit/downloads.ts';
import type { Manifests } from '../catalog/manifests.ts';
import type { HumanNames } from '../names/human-name.ts';
import { LiveLooks } from '../streams/live-looks.ts';
import { downloadAs } from './download-name.ts';
import { followFile } from './follow-file.ts';
import { isUnchanged, parseRange, rangeStillValid } from './range.ts';
import type { Exchange } from './route.ts';

/**
 * Told when bytes of a file of so many are about to be sent: not for HEAD, not where nothing changed, not for a range that
 * lies outside. @returns what is told how many were
 */
type OnSend = (fileBytes: number) => Promise<(bytes: number) => void>;

type Answering = Pick<Exchange, 'request' | 'reply'>;

/** What is answered with. */
interface Served {
  file: StoredFile;
  type: string;
  onSend?: OnSend | undefined;
}

export interface FileSenderParts {
  audit: Audit;
  clock: Clock;
  log: Log;
  manifests: Manifests;
  names: HumanNames;
  store: Store;
}

/** Answers with files: whole, or one range (RFC 9110 §14). */
export class FileSender {
  readonly #parts: FileSenderParts & { downloads: Downloads; looks: LiveLooks };
  #unread = 0;

  constructor(parts: FileSenderParts) {
    this.#parts = { ...parts, downloads: new Downloads(parts), looks: new LiveLooks(parts) };
  }

  /** Followers of growing files that were ended because they did not read. */
  get unread(): number {
    return this.#unread;
  }

  /**
   * A file of a recording; with `follow` from its beginning until its writer completes it. What is downloaded is written down
   * as `by` did it, and that somebody watches.
   * @throws Fault `file-not-found`, `range-invalid`
   */
  async recorded(
    { query, reply, request }: Answering & { query: FileQuery },
    { by, name, recordingId }: { recordingId: string; name: string; by: Omit<Deed, 'action'> },
  ): Promise<FastifyReply> {
    const { audit, downloads, store } = this.#parts;
    request.stream.hangOn(`recording:${recordingId}`);
    request.stream.hangOn(`file:${recordingId}/${name}`);
    const file = await store.open(recordingId, name);
    if (!file) throw new Fault('file-not-found');
    const isSaved = query.download !== undefined;
    const onSend: OnSend | undefined = isSaved
      ? (bytes) => downloads.begin({ ...by, action: 'file-downloaded' }, bytes)
      : undefined;
    const answer = await this.#send({ request, reply }, file, async () => {
      if (isSaved) {
        const manifest = await this.#manifestOf(recordingId);
        const human = manifest && this.#parts.names.each(manifest).get(name);
        reply.header('content-disposition', downloadAs(human === undefined ? name : `${human}.flv`));
      }
      return query.follow === undefined
        ? serve({ request, reply }, { file, type: FLV, onSend })
        : this.#follow({ request, reply }, { recordingId, name, file, onSend });
    });
    // Only once it is clear that they are sent something: not what is refused, or unchanged.
    if (request.method === 'GET' && !isSaved && [200, 206].includes(reply.statusCode)) {
      await audit.watched(by, `${by.actor} ${by.address}`);
    }
    return answer;
  }

  /** Any other stored file. @param served.done what is written down as a download; browsers save it under its name */
  stored(
    answering: Answering,
    { done, ...served }: Pick<Served, 'file' | 'type'> & { done?: { as: string; deed: Deed } },
  ): Promise<FastifyReply> {
    const onSend: OnSend | undefined = done && ((bytes) => this.#parts.downloads.begin(done.deed, bytes));
    return this.#send(answering, served.file, async () => {
      if (done) answering.reply.header('content-disposition', downloadAs(done.as));
      return serve(answering, { ...served, onSend });
    });
  }

  /** Sends what `prepare` makes, and closes the file whatever happens. */
  async #send(
    { reply, request }: Answering,
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
      file
        .close()
        .catch((cause: Error) => this.#parts.log.warn('file-close-failed', { cause: cause.message }));
    });
    return reply.send(body);
  }

  async #follow(
    { reply, request }: Answering,
    { file, name, onSend, recordingId }: Omit<Served, 'type'> & { recordingId: string; name: string },
  ): Promise<Readable | undefined> {
    reply.header('content-type', FLV).header('cache-control', 'no-store');
    if (request.method === 'HEAD') return undefined;
    const { clock, log, looks } = this.#parts;
    const onUnread = () => {
      log.warn('follower-unread', { recordingId, name });
      this.#unread += 1;
      reply.raw.destroy();
    };
    const chunks = followFile({ clock, file, look: () => looks.look(recordingId, name), onUnread });
    const body = Readable.from(chunks, { objectMode: false });
    // However long it grows, it is one download.
    return onSend ? counted(body, await onSend(Number.POSITIVE_INFINITY)) : body;
  }

  async #manifestOf(recordingId: string): Promise<Manifest | undefined> {
    try {
      return (await this.#parts.manifests.read(recordingId))?.manifest;
    } catch (cause) {
      if (cause instanceof Fault && cause.code === 'rate-limited') throw cause;
      this.#parts.log.warn('manifest-broken', { recordingId, cause: (cause as Error).message });
      return undefined;
    }
  }
}

async function serve(
  { reply, request }: Answering,
  { file, onSend, type }: Served,
): Promise<Readable | undefined> {
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
  const sent = await onSend?.(file.bytes);
  return sent ? counted(file.read(from, to), sent) : file.read(from, to);
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

function ifRangeOf(request: FastifyRequest): string | undefined {
  const header = request.headers['if-range'];
  return Array.isArray(header) ? header.join(', ') : header;
}
