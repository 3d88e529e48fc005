import { access, constants, mkdir } from 'node:fs/promises';
import { Fault } from '#protocol/errors.ts';

/** Makes the folder when it is missing. @throws Fault `storage-unwritable` that names the key and the reason. */
export async function requireFolder(key: 'RECORDINGS_DIR' | 'DATA_DIR', path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const words = `${key} (${path}) cannot be read and written: ${(cause as Error).message}`;
    throw new Fault('storage-unwritable', words, { cause });
  }
}
