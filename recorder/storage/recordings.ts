import { mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import { connectionOf, recordingIdSchema } from '#protocol/identifiers.ts';
import { recordingFileName } from '#store/layout.ts';
import { AppendFile } from './append-file.ts';

/** The folder of recordings (store/layout.ts), as the recorder uses it. */
export class Recordings {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  folder(recordingId: string): string {
    return join(this.#root, recordingId);
  }

  /** @throws Fault `storage-unwritable` */
  async createFolder(recordingId: string): Promise<string> {
    const folder = this.folder(recordingId);
    try {
      await mkdir(folder, { recursive: true });
    } catch (cause) {
      throw new Fault('storage-unwritable', `${folder} cannot be created: ${(cause as Error).message}`, {
        cause,
      });
    }
    return folder;
  }

  /**
   * A new file `<connectionId>-<UTC>.flv`. When the name is taken (camera and screen in the same millisecond), the next
   * millisecond is used: nothing is overwritten, no two collide (P2).
   * @param mayWrite see AppendFile
   */
  async createFile(
    recordingId: string,
    connectionId: string,
    nowMs: number,
    mayWrite?: () => boolean,
  ): Promise<{ name: string; file: AppendFile }> {
    for (let ms = Math.floor(nowMs); ; ms += 1) {
      const name = recordingFileName(connectionId, ms);
      try {
        return { name, file: await AppendFile.create(join(this.folder(recordingId), name), mayWrite) };
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw new Fault('storage-unwritable', `${name} cannot be created: ${(cause as Error).message}`, {
          cause,
        });
      }
    }
  }

  /**
   * Deletes every file of these connections but those, also files that no manifest lists: nothing of theirs is to stay. The
   * folder is read once, however many they are.
   */
  async eraseFiles(
    recordingId: string,
    connectionIds: ReadonlySet<string>,
    kept: ReadonlySet<string> = new Set(),
  ): Promise<void> {
    if (connectionIds.size === 0) return;
    const folder = this.folder(recordingId);
    for (const name of await readdir(folder)) {
      if (!connectionIds.has(connectionOf(name) ?? '') || kept.has(name)) continue;
      await rm(join(folder, name), { force: true });
    }
  }

  /** Ids of all recordings in the folder, oldest first. */
  async list(): Promise<string[]> {
    const entries = await readdir(this.#root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && recordingIdSchema.safeParse(entry.name).success)
      .map((entry) => entry.name)
      .sort();
  }

  async freeBytes(): Promise<number> {
    const stats = await statfs(this.#root);
    return stats.bavail * stats.bsize;
  }
}
