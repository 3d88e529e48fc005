import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '#protocol/errors.ts';
import { openAppDatabase } from './app-database.ts';

/**
 * Puts a backup in the place of app.db, which is kept beside it under another name.
 * @returns the name under which the replaced one is kept; undefined when there was none
 * @throws Fault `storage-unwritable` when the backup is broken, or the archive is running
 */
export async function restoreBackup(
  backup: string,
  appDb: string,
  nowMs: number,
): Promise<string | undefined> {
  requireSound(backup);
  const kept = `${appDb}.before-${new Date(nowMs).toISOString().replaceAll(/[-:.]/g, '')}`;
  const existed = existsSync(appDb);
  if (existed) {
    requireUnused(appDb);
    renameSync(appDb, kept);
  }
  for (const suffix of ['-wal', '-shm']) rmSync(`${appDb}${suffix}`, { force: true });
  copyFileSync(backup, appDb);
  chmodSync(appDb, 0o600);
  await openAppDatabase(appDb).close();
  return existed ? kept : undefined;
}

function requireSound(path: string): void {
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    const result = database.prepare('PRAGMA integrity_check').get();
    const meetings = database.prepare('SELECT count(*) FROM meetings').get();
    database.close();
    if (result?.integrity_check !== 'ok' || !meetings) throw new Error(String(result?.integrity_check));
  } catch (cause) {
    const words = `${path} is no backup that can be restored: ${(cause as Error).message}`;
    throw new Fault('storage-unwritable', words, { cause });
  }
}

/** SQLite leaves the WAL mode only when nobody else has the file open; this also brings the WAL into the file. */
function requireUnused(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } catch (cause) {
    throw new Fault('storage-unwritable', `${path} is in use. Stop the archive first.`, { cause });
  } finally {
    database.close();
  }
}
