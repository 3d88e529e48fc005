import { DatabaseSync } from 'node:sqlite';
import { Fault } from '#protocol/errors.ts';

/** SQL, or what SQL alone cannot say; within a transaction. */
export type Migration = string | ((database: DatabaseSync) => void);

/**
 * Opens an SQLite file in WAL mode and brings its schema up to date: each migration runs once, in order, with the
 * number of those done kept in `user_version`. What is deleted is overwritten, and a file of before that was not so is
 * written anew, once.
 * @throws Fault `storage-unwritable` when a newer program has already migrated the file further.
 */
export function openDatabase(path: string, migrations: readonly Migration[]): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;
      PRAGMA secure_delete = ON;`);
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > migrations.length) {
      throw new Fault('storage-unwritable', `${path} was written by a newer version of this program.`);
    }
    for (const [index, migration] of migrations.entries()) {
      if (index >= version) migrate(database, migration, index + 1);
    }
    if (version > 0 && version < migrations.length) {
      database.exec('VACUUM');
      truncateWal(database);
    }
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}

/** Brings the WAL into the file and empties it: it holds pages as they were, with what has been erased since. */
export function truncateWal(database: DatabaseSync): void {
  const result = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
  if (result?.busy !== 0)
    throw new Fault('storage-unwritable', 'The database is in use: its WAL is not emptied.');
}

function migrate(database: DatabaseSync, migration: Migration, version: number): void {
  database.exec('BEGIN IMMEDIATE');
  if (typeof migration === 'string') database.exec(migration);
  else migration(database);
  database.exec(`PRAGMA user_version = ${version}; COMMIT`);
}
