import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MOVING_NAME } from '#store/layout.ts';
import { OWNER_BEAT_MS, OWNER_TIMEOUT_MS } from '#store/ownership.ts';

/** How often whoever moves recordings says so. */
export const MARK_PERIOD_MS = OWNER_BEAT_MS;

/** Says to others that recordings are moved out of this folder by us. */
export async function markMoving(recordingsDir: string): Promise<void> {
  await writeFile(join(recordingsDir, MOVING_NAME), `${process.pid}`);
}

export async function unmarkMoving(recordingsDir: string): Promise<void> {
  await rm(join(recordingsDir, MOVING_NAME), { force: true });
}

/** Whether somebody moves recordings out of this folder, by the wall clock. One that was killed seems to for OWNER_TIMEOUT_MS. */
export async function isMoving(recordingsDir: string, wallMs: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(join(recordingsDir, MOVING_NAME));
    return wallMs - mtimeMs < OWNER_TIMEOUT_MS;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return false;
  }
}
