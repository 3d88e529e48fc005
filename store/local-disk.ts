import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';
import { fileNameSchema, recordingIdSchema } from '#protocol/identifiers.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { type FileFacts, factsOf } from './file-facts.ts';
import type { FileSource } from './file-source.ts';
import {
  isMadeName,
  LOCK_NAME,
  MADE_FOLDERS,
  MANIFEST_NAME,
  type MadeFolder,
  REMOVED_PREFIX,
  scratchName,
} from './layout.ts';
import { readStoredManifest, type StoredManifest, writeManifest } from './manifest-file.ts';
import { OWNER_TIMEOUT_MS } from './ownership.ts';
import type { LocalFiles, Scan, ScanExtent, Store, StoredFile } from './store.ts';
import { Thread } from './thread.ts';

/** From the thread that scans. */
const scanAnswerSchema = z.union([
  z.object({ present: z.array(z.tuple([z.string(), z.string()])), removed: z.array(z.string()) }),
  z.object({ problem: z.string() }),
]);

/** How often what could not be removed is tried again. */
export const REMOVAL_RETRY_MS = 60_000;

/** Recordings in a folder of this machine (layout.ts). Links are not followed. */
export class LocalDisk implements Store {
  readonly #root: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #scans: Thread;
  /** Under which removals wait for files that somebody still has open. */
  #cancelRetry: (() => void) | undefined;

  constructor(root: string, clock: Clock, log: Log) {
    this.#root = root;
    this.#clock = clock;
    this.#log = log;
    this.#scans = new Thread('scan-worker.ts', root);
  }

  scan(extent: ScanExtent): Promise<Scan> {
    return this.#scans.use(async (ask) => {
      const answer = scanAnswerSchema.parse(await ask({ extent }));
      if ('problem' in answer) throw new Error(answer.problem);
      return answer;
    });
  }

  async manifestVersion(recordingId: string): Promise<string | undefined> {
    return (await this.manifestFacts(recordingId))?.version;
  }

  async manifestFacts(recordingId: string): Promise<FileFacts | undefined> {
    if (!isRecordingId(recordingId)) return undefined;
    return this.#stat(join(this.#root, recordingId, MANIFEST_NAME));
  }

  async readManifest(recordingId: string): Promise<StoredManifest | undefined> {
    if (!isRecordingId(recordingId)) return undefined;
    return readStoredManifest(join(this.#root, recordingId)).catch(noneWhenAbsent);
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

  async sourceOf(recordingId: string, name: string): Promise<FileSource> {
    if (!isFileName(name)) throw new Fault('file-not-found');
    return { path: join(this.#folderOf(recordingId), name) };
  }

  /** They lie here already. */
  async localFiles(recordingId: string): Promise<LocalFiles> {
    return { folder: this.#folderOf(recordingId), release: async () => undefined };
  }

  async openScratch(recordingId: string, folder: MadeFolder, name: string): Promise<string> {
    const scratch = this.#scratchOf(recordingId, folder, name);
    // Not recursively: a recording that was removed must not come back.
    for (const one of [dirname(scratch), scratch]) {
      await mkdir(one).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT') throw new Fault('recording-not-found', undefined, { cause });
        if (cause.code !== 'EEXIST') throw cause;
      });
    }
    return scratch;
  }

  async putFile(
    recordingId: string,
    name: string,
    bytes: number,
    content: AsyncIterable<Buffer>,
  ): Promise<void> {
    if (!isFileName(name)) throw new Fault('file-not-found');
    const folder = this.#folderOf(recordingId);
    await mkdir(folder, { recursive: true });
    const path = join(folder, name);
    const file = await open(`${path}.new`, 'w');
    try {
      await file.writeFile(content);
      const { size } = await file.stat();
      if (size !== bytes) throw new Error(`${path} has ${size} bytes, not ${bytes}.`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
  }

  async listMade(recordingId: string): Promise<[MadeFolder, string][]> {
    const found = MADE_FOLDERS.map(async (folder) => {
      const names = await readdir(join(this.#folderOf(recordingId), folder)).catch(noneWhenAbsent);
      return (names ?? [])
        .filter((name) => isMadeName(folder, name))
        .map((name) => [folder, name] as [MadeFolder, string]);
    });
    return (await Promise.all(found)).flat();
  }

  async putMade(recordingId: string, folder: MadeFolder, name: string, path: string): Promise<number> {
    const scratch = this.#scratchOf(recordingId, folder, name);
    const { size } = await stat(path);
    await rename(path, join(dirname(scratch), name));
    return size;
  }

  async clearScratch(recordingId: string, folder: MadeFolder, name: string): Promise<void> {
    await rm(this.#scratchOf(recordingId, folder, name), { recursive: true, force: true });
  }

  /** By the wall clock: who only looks has not watched the lock for long. */
  async isOwned(recordingId: string): Promise<boolean> {
    const lock = await this.#stat(join(this.#folderOf(recordingId), LOCK_NAME));
    return lock !== undefined && this.#clock.wallMs() - lock.modifiedAtMs < OWNER_TIMEOUT_MS;
  }

  async putManifest(recordingId: string, manifest: Manifest): Promise<void> {
    await mkdir(this.#folderOf(recordingId), { recursive: true });
    await this.writeManifest(recordingId, manifest);
  }

  async writeManifest(recordingId: string, manifest: Manifest): Promise<void> {
    await writeManifest(this.#folderOf(recordingId), manifest, this.#log).catch((cause: unknown) => {
      noneWhenAbsent(cause as NodeJS.ErrnoException);
      throw new Fault('recording-not-found', undefined, { cause });
    });
  }

  async removeFile(recordingId: string, name: string): Promise<number> {
    if (!isRecordingId(recordingId) || !isFileName(name)) return 0;
    const bytes = await this.removeMade(recordingId, 'thumbnails', `${name}.jpg`);
    // What a crash left of one that was being made.
    await this.clearScratch(recordingId, 'thumbnails', `${name}.jpg`);
    return bytes + (await removePath(join(this.#root, recordingId, name)));
  }

  async removeMade(recordingId: string, folder: MadeFolder, name: string): Promise<number> {
    if (!isRecordingId(recordingId) || !isMadeName(folder, name)) return 0;
    return removePath(join(this.#root, recordingId, folder, name));
  }

  async remove(recordingId: string): Promise<number> {
    const removed = join(this.#root, `${REMOVED_PREFIX}${recordingId}`);
    await rename(this.#folderOf(recordingId), removed).catch(noneWhenAbsent);
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

  #folderOf(recordingId: string): string {
    if (!isRecordingId(recordingId)) throw new Fault('recording-not-found');
    return join(this.#root, recordingId);
  }

  #scratchOf(recordingId: string, folder: MadeFolder, name: string): string {
    if (!isMadeName(folder, name)) throw new Fault('file-not-found');
    return join(this.#folderOf(recordingId), folder, scratchName(name));
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
    const stats = await lstat(path, { bigint: true }).catch(noneWhenAbsent);
    return stats?.isFile() ? factsOf(stats) : undefined;
  }
}

async function openStored(path: string): Promise<StoredFile | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(noneWhenAbsent);
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

/** The bytes of a file, or of all files in a folder and below; 0 when there is nothing. Links are not followed. */
async function bytesUnder(path: string): Promise<number> {
  try {
    const stats = await lstat(path);
    if (!stats.isDirectory()) return stats.size;
    const parts = await Promise.all((await readdir(path)).map((name) => bytesUnder(join(path, name))));
    return parts.reduce((sum, bytes) => sum + bytes, 0);
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return 0;
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

/** For what names nothing, or something that is no file of ours. @throws every other cause */
function noneWhenAbsent(cause: NodeJS.ErrnoException): undefined {
  if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes(cause.code ?? '')) throw cause;
}
