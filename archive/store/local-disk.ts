import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Fault } from '../../protocol/errors.ts';
import { fileNameSchema, recordingIdSchema } from '../../protocol/identifiers.ts';
import type { FileFacts, Store, StoredFile } from './store.ts';

const MANIFEST_NAME = 'manifest.json';
/** A manifest of a day with a hundred people stays far below. */
export const MAX_MANIFEST_BYTES = 64 * 1024 * 1024;

/** Recordings in a folder of this machine, as laid out in design §4.4. Links are not followed. */
export class LocalDisk implements Store {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && isRecordingId(entry.name))
      .map((entry) => entry.name)
      .sort();
  }

  async manifestVersion(recordingId: string): Promise<string | undefined> {
    if (!isRecordingId(recordingId)) return undefined;
    return (await this.#stat(join(this.#root, recordingId, MANIFEST_NAME)))?.version;
  }

  async readManifest(recordingId: string): Promise<{ text: string; version: string } | undefined> {
    if (!isRecordingId(recordingId)) return undefined;
    const file = await openFile(join(this.#root, recordingId, MANIFEST_NAME));
    if (!file) return undefined;
    try {
      const { bytes, version } = factsOf(await file.stat({ bigint: true }));
      if (bytes > MAX_MANIFEST_BYTES) throw new Fault('manifest-broken', `The manifest has ${bytes} bytes.`);
      return { text: await file.readFile('utf8'), version };
    } finally {
      await file.close();
    }
  }

  async stat(recordingId: string, name: string): Promise<FileFacts | undefined> {
    if (!isRecordingId(recordingId) || !isFileName(name)) return undefined;
    return this.#stat(join(this.#root, recordingId, name));
  }

  async open(recordingId: string, name: string): Promise<StoredFile | undefined> {
    if (!isRecordingId(recordingId) || !isFileName(name)) return undefined;
    const handle = await openFile(join(this.#root, recordingId, name));
    if (!handle) return undefined;
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) {
      await handle.close();
      return undefined;
    }
    return {
      ...factsOf(stats),
      read: (from, to) => Readable.from(readRange(handle, from, to), { objectMode: false }),
      close: () => handle.close(),
    };
  }

  async #stat(path: string): Promise<FileFacts | undefined> {
    try {
      const stats = await lstat(path, { bigint: true });
      return stats.isFile() ? factsOf(stats) : undefined;
    } catch (cause) {
      if (isAbsent(cause)) return undefined;
      throw cause;
    }
  }
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (isAbsent(cause)) return undefined;
    throw cause;
  }
}

const READ_BYTES = 256 * 1024;

async function* readRange(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const wanted = Math.min(READ_BYTES, to - at);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    // Ending early would leave the receiver waiting for bytes that its Content-Length promised.
    if (bytesRead === 0) throw new Fault('file-not-found', `The file ends at byte ${at}, not at ${to}.`);
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** The inode tells a replaced file apart, the time a header patched in place, the size one that grew. */
function factsOf(stats: BigIntStats): FileFacts {
  const version = [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(36)).join('-');
  return { bytes: Number(stats.size), modifiedAtMs: Number(stats.mtimeNs / 1_000_000n), version };
}

const isRecordingId = (text: string) => recordingIdSchema.safeParse(text).success;
const isFileName = (text: string) => fileNameSchema.safeParse(text).success;
const isAbsent = (cause: unknown) =>
  ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
