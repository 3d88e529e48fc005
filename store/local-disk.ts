import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Fault } from '#protocol/errors.ts';
import { fileNameSchema, recordingIdSchema } from '#protocol/identifiers.ts';
import { MAX_MANIFEST_BYTES } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { replaceFile } from '#service/replace-file.ts';
import { bytesUnder } from './bytes-under.ts';
import { factsOf } from './file-facts.ts';
import { isMadeName } from './made-names.ts';
import { MANIFEST_NAME } from './scan-messages.ts';
import { ScanThread } from './scan-thread.ts';
import type { FileFacts, MadeFolder, Scan, ScanExtent, Store, StoredFile } from './store.ts';

/** The recorders' lock beside the manifest; its modification time is their heartbeat [OWN2]. */
const OWNER_NAME = 'owner.json';
const OWNER_TIMEOUT_MS = 10_000;
/** No recording's id begins so: what is being removed is seen by nobody. */
const REMOVED_PREFIX = '.removed-';
/** How often what could not be removed is tried again. */
export const REMOVAL_RETRY_MS = 60_000;

/** Recordings in a folder of this machine: for each a folder with its manifest and its files. Links are not followed. */
export class LocalDisk implements Store {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #scans: ScanThread;
  /** Under which removals wait for files that somebody still has open. */
  #cancelRetry: (() => void) | undefined;

  constructor(root: string, clock: Clock, log: Log) {
    this.#root = root;
    this.#clock = clock;
    this.#log = log;
    this.#scans = new ScanThread(root);
  }

  scan(extent: ScanExtent): Promise<Scan> {
    return this.#scans.scan(extent);
  }

  async manifestVersion(recordingId: string): Promise<string | undefined> {
    return (await this.manifestFacts(recordingId))?.version;
  }

  async manifestFacts(recordingId: string): Promise<FileFacts | undefined> {
    if (!isRecordingId(recordingId)) return undefined;
    return this.#stat(join(this.#root, recordingId, MANIFEST_NAME));
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
    return openStored(join(this.#root, recordingId, name));
  }

  async openMade(recordingId: string, folder: MadeFolder, name: string): Promise<StoredFile | undefined> {
    if (!isRecordingId(recordingId) || !isMadeName(folder, name)) return undefined;
    return openStored(join(this.#root, recordingId, folder, name));
  }

  async isOwned(recordingId: string): Promise<boolean> {
    const lock = await this.#stat(join(this.folderOf(recordingId), OWNER_NAME));
    return lock !== undefined && this.#clock.wallMs() - lock.modifiedAtMs < OWNER_TIMEOUT_MS;
  }

  async writeManifest(recordingId: string, text: string): Promise<void> {
    await replaceFile(join(this.folderOf(recordingId), MANIFEST_NAME), text, this.#log);
  }

  async removeFile(recordingId: string, name: string): Promise<number> {
    if (!isRecordingId(recordingId) || !isFileName(name)) return 0;
    const bytes = await this.removeMade(recordingId, 'thumbnails', `${name}.jpg`);
    // What a crash left of one that was being made.
    await rm(join(this.#root, recordingId, 'thumbnails', `${name}.jpg.part`), { force: true });
    return bytes + (await removePath(join(this.#root, recordingId, name)));
  }

  async removeMade(recordingId: string, folder: MadeFolder, name: string): Promise<number> {
    if (!isRecordingId(recordingId) || !isMadeName(folder, name)) return 0;
    return removePath(join(this.#root, recordingId, folder, name));
  }

  async remove(recordingId: string): Promise<number> {
    const removed = join(this.#root, `${REMOVED_PREFIX}${recordingId}`);
    try {
      await rename(this.folderOf(recordingId), removed);
    } catch (cause) {
      if (!isAbsent(cause)) throw cause;
    }
    return this.#removeInTime(removed);
  }

  async sweep(): Promise<void> {
    for (const name of await readdir(this.#root)) {
      if (name.startsWith(REMOVED_PREFIX)) await this.#removeInTime(join(this.#root, name));
    }
  }

  async close(): Promise<void> {
    this.#cancelRetry?.();
    await this.#scans.close();
  }

  folderOf(recordingId: string): string {
    if (!isRecordingId(recordingId)) throw new Fault('recording-not-found');
    return join(this.#root, recordingId);
  }

  /**
   * Removes what nobody sees any more. On network file systems a file that somebody reads stays in its folder under another name
   * (NFS: `.nfs…`), and the folder with it: that is tried again until it goes.
   * @returns the bytes that are or will be set free
   */
  async #removeInTime(path: string): Promise<number> {
    const bytes = await bytesUnder(path);
    try {
      await rm(path, { recursive: true, force: true });
    } catch (cause) {
      if (!isInUse(cause)) throw cause;
      this.#log.warn('removal-postponed', { path, cause: (cause as Error).message });
      this.#cancelRetry ??= this.#clock.after(REMOVAL_RETRY_MS, () => this.#retry());
    }
    return bytes;
  }

  #retry(): void {
    this.#cancelRetry = undefined;
    this.sweep().catch((cause: Error) => this.#log.error('sweep-failed', { cause: cause.message }));
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

async function openStored(path: string): Promise<StoredFile | undefined> {
  const handle = await openFile(path);
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

/** A file or a folder with all that is in it. */
async function removePath(path: string): Promise<number> {
  const bytes = await bytesUnder(path);
  await rm(path, { recursive: true, force: true });
  return bytes;
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

const isRecordingId = (text: string) => recordingIdSchema.safeParse(text).success;
const isFileName = (text: string) => fileNameSchema.safeParse(text).success;
const isInUse = (cause: unknown) =>
  ['ENOTEMPTY', 'EEXIST', 'EBUSY'].includes((cause as NodeJS.ErrnoException).code ?? '');
const isAbsent = (cause: unknown) =>
  ['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? '');
