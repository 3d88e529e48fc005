import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const OTHERS = 0o077;
/** Of one folder and those in it; a recording of a day has some hundred files. */
const MAX_ENTRIES = 100_000;

export interface Tightened {
  changed: number;
  /** Could not be changed: they belong to somebody else. */
  left: number;
}

/**
 * Takes what was made readable to others, by an older version or by hand, away from them: the entries of `folder` that
 * `isOurs` names, with all that is in them. Links are not followed. A folder that was its owner's alone already is not looked
 * into, so that this costs little at every start but the first.
 */
export async function tightenEntries(folder: string, isOurs: (name: string) => boolean): Promise<Tightened> {
  const result = { changed: 0, left: 0 };
  for (const name of await readdir(folder)) {
    if (isOurs(name)) await tighten(join(folder, name), result, { entries: MAX_ENTRIES });
  }
  return result;
}

async function tighten(path: string, result: Tightened, left: { entries: number }): Promise<void> {
  left.entries -= 1;
  if (left.entries < 0) return;
  try {
    const stats = await lstat(path);
    if ((stats.mode & OTHERS) === 0 || (!stats.isFile() && !stats.isDirectory())) return;
    await take(path, stats.mode & 0o700);
    result.changed += 1;
    if (!stats.isDirectory()) return;
    for (const name of await readdir(path)) await tighten(join(path, name), result, left);
  } catch (cause) {
    // Gone meanwhile, or another user's.
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') result.left += 1;
  }
}

/** On the open file, so that no link is put in its place in between. */
async function take(path: string, mode: number): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    await file.chmod(mode);
  } finally {
    await file?.close();
  }
}
