import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The bytes of a file, or of all files in a folder and below; 0 when there is nothing. Links are not followed. */
export async function bytesUnder(path: string): Promise<number> {
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
