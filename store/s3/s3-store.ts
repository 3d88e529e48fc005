import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '#protocol/errors.ts';
import { compactUtc, fileNameSchema, recordingIdSchema } from '#protocol/identifiers.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { FileFacts } from '../file-facts.ts';
import type { FileSource } from '../file-source.ts';
import { instantIn, isMadeName, MADE_FOLDERS, type MadeFolder, scratchName } from '../layout.ts';
import { manifestOf, manifestText, requireShort, type StoredManifest } from '../manifest-file.ts';
import type { LocalFiles, Scan, ScanExtent, Store, StoredFile } from '../store.ts';
import type { Bucket, S3Object } from './bucket.ts';
import {
  FILES,
  fileKey,
  MADE,
  MANIFESTS,
  madeKey,
  makeEpoch,
  manifestKey,
  ownerOf,
  REMOVED,
} from './keys.ts';

const DAY_MS = 86_400_000;
/** A scan of what changed looks at recordings not older than the newest by more than this; one of all finds the rest. */
const CHANGES_MS = 2 * DAY_MS;
/** What is known of a finished file stands for so long. Who removes it here forgets it at once. */
const KNOWN_MS = 10_000;
const MAX_KNOWN = 10_000;
/** With one question: more each time, since a player asks for the beginning, and a download for all. */
const FIRST_PIECE_BYTES = 256 * 1024;
const MAX_PIECE_BYTES = 2 * 1024 ** 2;
/** A process may take so long to read what it was given, in seconds. */
const SOURCE_SECONDS = 12 * 3600;
/** What has been under way for longer was given up. */
const MAX_UPLOAD_MS = DAY_MS;

interface Options {
  bucket: Bucket;
  /** A folder of this machine for what is being made, and for files that programs need there. */
  workFolder: string;
  /** Of its disk, what such files leave free. */
  minFreeBytes: number;
  clock: Clock;
}

/** Finished recordings in an S3 store (keys.ts). */
export class S3Store implements Store {
  readonly #bucket: Bucket;
  readonly #options: Options;
  readonly #facts = new RecentMap<string, { untilMs: number; object: S3Object }>(MAX_KNOWN);
  /** As of the last scan. */
  #scanned = new Map<string, string>();

  constructor(options: Options) {
    this.#options = options;
    this.#bucket = options.bucket;
  }

  async scan(extent: ScanExtent): Promise<Scan> {
    const newestMs = instantIn([...this.#scanned.keys()].at(-1) ?? '');
    const isWhole = extent === 'all' || Number.isNaN(newestMs);
    const after = isWhole ? '' : compactUtc(newestMs - CHANGES_MS);
    const found = new Map<string, string>();
    for await (const { etag, key } of this.#bucket.list(MANIFESTS, {
      after: isWhole ? undefined : MANIFESTS + after,
    })) {
      const owner = ownerOf(key);
      if (owner) found.set(owner.recordingId, etag);
    }
    const before = this.#scanned;
    const removed = [...before.keys()].filter(
      (recordingId) => recordingId > after && !found.has(recordingId),
    );
    const older = [...before].filter(([recordingId]) => recordingId <= after);
    this.#scanned = new Map([...older, ...found]);
    const present = [...found].filter(
      ([recordingId, version]) => extent === 'all' || before.get(recordingId) !== version,
    );
    return { present, removed };
  }

  async manifestVersion(recordingId: string): Promise<string | undefined> {
    return (await this.#manifest(recordingId))?.etag;
  }

  async manifestFacts(recordingId: string): Promise<FileFacts | undefined> {
    const found = await this.#manifest(recordingId);
    return found && factsOf(found);
  }

  async readManifest(recordingId: string): Promise<StoredManifest | undefined> {
    const found = await this.#manifest(recordingId);
    if (!found) return undefined;
    requireShort(found.bytes);
    const read = await this.#bucket.get(found.key);
    return read && { manifest: await manifestOf(recordingId, read.content.toString()), version: read.etag };
  }

  async stat(recordingId: string, name: string): Promise<FileFacts | undefined> {
    const found = await this.#file(recordingId, name);
    return found && factsOf(found);
  }

  async open(recordingId: string, name: string): Promise<StoredFile | undefined> {
    const found = await this.#file(recordingId, name);
    return found && this.#opened(found);
  }

  async openMade(recordingId: string, folder: MadeFolder, name: string): Promise<StoredFile | undefined> {
    if (!isRecordingId(recordingId) || !isMadeName(folder, name)) return undefined;
    const found = await this.#bucket.head(madeKey(recordingId, folder, name));
    return found && this.#opened(found);
  }

  async sourceOf(recordingId: string, name: string): Promise<FileSource> {
    requireId(recordingId);
    const found = await this.#file(recordingId, name);
    if (!found) throw new Fault('file-not-found');
    return { url: await this.#bucket.link(found.key, { seconds: SOURCE_SECONDS }), bytes: found.bytes };
  }

  async localFiles(recordingId: string, names: readonly string[], signal: AbortSignal): Promise<LocalFiles> {
    requireId(recordingId);
    const { minFreeBytes, workFolder } = this.#options;
    await mkdir(workFolder, { recursive: true });
    const folder = await mkdtemp(join(workFolder, COPIES));
    const release = () => rm(folder, { recursive: true, force: true });
    try {
      const found = (await Promise.all(names.map((name) => this.#file(recordingId, name)))).flatMap(
        (object) => object ?? [],
      );
      const bytes = found.reduce((sum, object) => sum + object.bytes, 0);
      const { bavail, bsize } = await statfs(folder);
      if (bytes > bavail * bsize - minFreeBytes) throw new Fault('disk-full');
      for (const object of found) {
        const content = Readable.from(this.#pieces(object, 0, object.bytes), { objectMode: false });
        await pipeline(content, createWriteStream(join(folder, baseOf(object.key))), { signal });
      }
    } catch (cause) {
      await release();
      signal.throwIfAborted();
      throw cause;
    }
    return { folder, release };
  }

  /** It has no recorder: what comes here is finished. */
  async isOwned(): Promise<boolean> {
    return false;
  }

  async putFile(
    recordingId: string,
    name: string,
    bytes: number,
    content: AsyncIterable<Buffer>,
  ): Promise<void> {
    requireId(recordingId);
    if (!isFileName(name)) throw new Fault('file-not-found');
    await this.#bucket.putStream(fileKey(recordingId, await this.#epoch(recordingId), name), bytes, content);
  }

  async putManifest(recordingId: string, manifest: Manifest): Promise<void> {
    requireId(recordingId);
    await this.#bucket.remove(REMOVED + recordingId);
    await this.#write(recordingId, manifest);
  }

  async writeManifest(recordingId: string, manifest: Manifest): Promise<void> {
    await this.#requireThere(recordingId);
    await this.#write(recordingId, manifest);
  }

  async openScratch(recordingId: string, folder: MadeFolder, name: string): Promise<string> {
    const scratch = this.#scratchOf(recordingId, folder, name);
    await this.#requireThere(recordingId);
    await mkdir(scratch, { recursive: true });
    return scratch;
  }

  async putMade(recordingId: string, folder: MadeFolder, name: string, path: string): Promise<number> {
    if (!isMadeName(folder, name)) throw new Fault('file-not-found');
    await this.#requireThere(recordingId);
    const { size } = await stat(path);
    await this.#bucket.putStream(madeKey(recordingId, folder, name), size, createReadStream(path));
    await rm(path);
    return size;
  }

  async clearScratch(recordingId: string, folder: MadeFolder, name: string): Promise<void> {
    await rm(this.#scratchOf(recordingId, folder, name), { recursive: true, force: true });
  }

  async listMade(recordingId: string): Promise<[MadeFolder, string][]> {
    requireId(recordingId);
    const made: [MadeFolder, string][] = [];
    for await (const { key } of this.#bucket.list(`${MADE}${recordingId}/`)) {
      const folder = MADE_FOLDERS.find((one) => key.startsWith(madeKey(recordingId, one, '')));
      if (folder && isMadeName(folder, baseOf(key))) made.push([folder, baseOf(key)]);
    }
    return made;
  }

  /** Of every epoch: what was erased must not be found anywhere. */
  async removeFile(recordingId: string, name: string): Promise<number> {
    if (!isRecordingId(recordingId) || !isFileName(name)) return 0;
    const thumbnail = `${name}.jpg`;
    await this.clearScratch(recordingId, 'thumbnails', thumbnail);
    let bytes = await this.removeMade(recordingId, 'thumbnails', thumbnail);
    for await (const object of this.#bucket.list(`${FILES}${recordingId}/`)) {
      if (baseOf(object.key) !== name) continue;
      await this.#bucket.remove(object.key);
      this.#facts.delete(object.key);
      bytes += object.bytes;
    }
    return bytes;
  }

  async removeMade(recordingId: string, folder: MadeFolder, name: string): Promise<number> {
    if (!isRecordingId(recordingId) || !isMadeName(folder, name)) return 0;
    const found = await this.#bucket.head(madeKey(recordingId, folder, name));
    if (!found) return 0;
    await this.#bucket.remove(found.key);
    return found.bytes;
  }

  /** The mark stays until the next `sweep`, which removes what was on its way here meanwhile. */
  async remove(recordingId: string): Promise<number> {
    requireId(recordingId);
    await this.#bucket.put(REMOVED + recordingId, Buffer.alloc(0));
    return this.#removeAll(recordingId);
  }

  async sweep(): Promise<void> {
    for await (const { key } of this.#bucket.list(REMOVED)) {
      const recordingId = baseOf(key);
      if (!isRecordingId(recordingId)) continue;
      await this.#removeAll(recordingId);
      await this.#bucket.remove(key);
    }
    await this.#bucket.abandon(this.#options.clock.wallMs() - MAX_UPLOAD_MS);
  }

  async close(): Promise<void> {
    this.#bucket.close();
  }

  async #write(recordingId: string, manifest: Manifest): Promise<void> {
    const key = manifestKey(recordingId, await this.#epoch(recordingId));
    await this.#bucket.put(key, manifestText(manifest));
  }

  async #removeAll(recordingId: string): Promise<number> {
    this.#facts.clear();
    let bytes = 0;
    for (const part of [MANIFESTS, FILES, MADE])
      bytes += await this.#bucket.removeAll(`${part}${recordingId}/`);
    await rm(join(this.#options.workFolder, recordingId), { recursive: true, force: true });
    return bytes;
  }

  /** A recording that was removed must not come back. */
  async #requireThere(recordingId: string): Promise<void> {
    if (!(await this.#manifest(recordingId))) throw new Fault('recording-not-found');
  }

  /** The one of the highest epoch. */
  async #manifest(recordingId: string): Promise<S3Object | undefined> {
    return isRecordingId(recordingId) ? this.#last(`${MANIFESTS}${recordingId}/`) : undefined;
  }

  async #file(recordingId: string, name: string): Promise<S3Object | undefined> {
    if (!isRecordingId(recordingId) || !isFileName(name)) return undefined;
    const last =
      (await this.#known(`${MANIFESTS}${recordingId}`, () => this.#manifest(recordingId))) ??
      (await this.#comingIn(recordingId));
    const owner = last && ownerOf(last.key);
    if (!owner) return undefined;
    const key = fileKey(recordingId, owner.epoch, name);
    return this.#known(key, () => this.#bucket.head(key));
  }

  /** In which this recording is written: it stays the one in which it was begun. */
  async #epoch(recordingId: string): Promise<string> {
    const last = (await this.#manifest(recordingId)) ?? (await this.#comingIn(recordingId));
    return (last && ownerOf(last.key)?.epoch) ?? makeEpoch(this.#options.clock.wallMs());
  }

  /** A file of a recording whose manifest is still to come; not of one that is on its way out. */
  async #comingIn(recordingId: string): Promise<S3Object | undefined> {
    const last = await this.#last(`${FILES}${recordingId}/`);
    return last && !(await this.#bucket.head(REMOVED + recordingId)) ? last : undefined;
  }

  async #last(prefix: string): Promise<S3Object | undefined> {
    let last: S3Object | undefined;
    for await (const object of this.#bucket.list(prefix)) if (ownerOf(object.key)) last = object;
    return last;
  }

  async #known(key: string, look: () => Promise<S3Object | undefined>): Promise<S3Object | undefined> {
    const nowMs = this.#options.clock.nowMs();
    const before = this.#facts.get(key);
    if (before && nowMs < before.untilMs) return before.object;
    const object = await look();
    if (object) this.#facts.set(key, { untilMs: nowMs + KNOWN_MS, object });
    return object;
  }

  #opened(object: S3Object): StoredFile {
    return {
      ...factsOf(object),
      read: (from, to) => Readable.from(this.#pieces(object, from, to), { objectMode: false }),
      close: async () => undefined,
    };
  }

  async *#pieces({ bytes, etag, key }: S3Object, from: number, to: number): AsyncGenerator<Buffer> {
    let length = FIRST_PIECE_BYTES;
    for (let at = from; at < to; ) {
      // Ending early would leave the receiver waiting for bytes that its Content-Length promised.
      if (at >= bytes) throw new Fault('file-not-found', `The file ends at byte ${at}, not at ${to}.`);
      const end = Math.min(at + length, to, bytes);
      yield await this.#bucket.read(key, { etag, from: at, to: end });
      at = end;
      length = Math.min(MAX_PIECE_BYTES, 2 * length);
    }
  }

  #scratchOf(recordingId: string, folder: MadeFolder, name: string): string {
    requireId(recordingId);
    if (!isMadeName(folder, name)) throw new Fault('file-not-found');
    return join(this.#options.workFolder, recordingId, folder, scratchName(name));
  }
}

/** What the names of folders with copies begin with; those of a process that died are cleared by the next one (open.ts). */
export const COPIES = 'copies-';

const isRecordingId = (text: string) => recordingIdSchema.safeParse(text).success;
const isFileName = (text: string) => fileNameSchema.safeParse(text).success;
const baseOf = (key: string) => key.slice(key.lastIndexOf('/') + 1);
const factsOf = ({ bytes, etag, modifiedAtMs }: S3Object): FileFacts => ({
  bytes,
  modifiedAtMs,
  version: etag,
});

function requireId(recordingId: string): void {
  if (!isRecordingId(recordingId)) throw new Fault('recording-not-found');
}
