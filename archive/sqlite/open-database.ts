import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../protocol/errors.ts';

/**
 * Opens an SQLite file in WAL mode and brings its schema up to date: each migration runs once, in order, with the
 * number of those done kept in `user_version`.
 * @throws Fault `storage-unwritable` when a newer program has already migrated the file further.
 */
export function openDatabase(path: string, migrations: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > migrations.length) {
      throw new Fault('storage-unwritable', `${path} was written by a newer version of this program.`);
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue;
      database.exec(`BEGIN IMMEDIATE; ${migration}; PRAGMA user_version = ${index + 1}; COMMIT;`);
    }
    return database;
  } catch (cause) {
    database.close();
    throw cause;
  }
}
