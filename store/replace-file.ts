import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from '#service/log.ts';

/** What network and FUSE file systems answer that sync no folder. Of a file's own content, each of these is an error. */
const REFUSALS = new Set(['EINVAL', 'EIO', 'ENOTSUP', 'ENOSYS', 'EISDIR', 'EACCES', 'EPERM', 'EBADF']);
/** Who has been told; the next one might be of another process. */
const told = new WeakSet<Log>();

/**
 * Replaces a file so that a reader, or a crash, sees the old content or the new one, whole [FILE5]: write, fsync,
 * rename, fsync of the folder. Where the file system refuses the last one, a power cut may bring the old content back, and no
 * more: that is told once.
 * @throws the error of the file system, of everything but that
 */
export async function replaceFile(path: string, content: string | Uint8Array, log: Log): Promise<void> {
  await swapFile(path, content, '.new');
  await syncFolder(dirname(path), log);
}

/** The same without the last step, for what running processes tell each other. @param suffix of the name that it has until then */
export async function swapFile(path: string, content: string | Uint8Array, suffix: string): Promise<void> {
  const temporary = `${path}${suffix}`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** Has a rename in this folder outlive a power cut, where the file system can. */
export async function syncFolder(path: string, log: Log): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === undefined || !REFUSALS.has(code)) throw cause;
    if (told.has(log)) return;
    told.add(log);
    log.warn('folder-not-synced', { path, cause: message });
  }
}
