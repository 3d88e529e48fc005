import { chmodSync } from 'node:fs';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { chainAudit } from '../audit/chain.ts';
import { PostgresDatabase } from '../database/postgres-database.ts';
import { migratePostgres } from '../database/postgres-migrations.ts';
import { SqliteDatabase } from '../database/sqlite-database.ts';
import { type Migration, openDatabase } from '../sqlite/open-database.ts';
import { POSTGRES_APP_MIGRATIONS } from './postgres-app-schema.ts';

/** Appended to, never changed: a database of any version before is brought to this one. */
export const MIGRATIONS: readonly Migration[] = [
  `CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE meetings (
     meeting_id TEXT NOT NULL UNIQUE,
     name TEXT NOT NULL,
     host_key_hash TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE sessions (
     token_hash TEXT PRIMARY KEY,
     created_at_ms INTEGER NOT NULL,
     expires_at_ms INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE audit (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     at_ms INTEGER NOT NULL,
     actor TEXT NOT NULL,
     address TEXT,
     action TEXT NOT NULL,
     recording_id TEXT,
     detail TEXT
   ) STRICT;
   CREATE INDEX audit_recording ON audit (recording_id, id);
   CREATE INDEX audit_action ON audit (action, id);
   CREATE TABLE pins (recording_id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT;
   CREATE TABLE shares (
     share_id TEXT PRIMARY KEY,
     token_hash TEXT NOT NULL UNIQUE,
     recording_id TEXT NOT NULL,
     file TEXT,
     label TEXT,
     created_at_ms INTEGER NOT NULL,
     created_by TEXT NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     revoked_at_ms INTEGER,
     password_hash TEXT,
     download INTEGER NOT NULL,
     views INTEGER NOT NULL DEFAULT 0,
     last_viewed_at_ms INTEGER
   ) STRICT;
   CREATE INDEX shares_recording ON shares (recording_id);
   CREATE TABLE exports (
     export_id TEXT PRIMARY KEY,
     recording_id TEXT NOT NULL,
     kind TEXT NOT NULL,
     file TEXT,
     download_name TEXT NOT NULL,
     state TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     bytes INTEGER,
     problem TEXT
   ) STRICT;
   CREATE INDEX exports_recording ON exports (recording_id);`,
  // Of meetings made before it is not known whether somebody came: they are kept.
  `ALTER TABLE meetings ADD COLUMN used_at_ms INTEGER;
   UPDATE meetings SET used_at_ms = created_at_ms;
   CREATE INDEX meetings_unused ON meetings (created_at_ms) WHERE used_at_ms IS NULL;`,
  `ALTER TABLE exports ADD COLUMN asker TEXT NOT NULL DEFAULT '';
   ALTER TABLE exports ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;`,
  chainAudit,
  // Whose turn it is to make an export, where several archives share a database.
  `ALTER TABLE exports ADD COLUMN owner TEXT NOT NULL DEFAULT '';
   ALTER TABLE exports ADD COLUMN beats INTEGER NOT NULL DEFAULT 0;`,
];

/** app.db: the truth that no manifest holds, which is why it is backed up. Only its owner may read the file. */
export function openAppDatabase(path: string): SqliteDatabase {
  const database = openDatabase(path, MIGRATIONS);
  chmodSync(path, 0o600);
  return new SqliteDatabase(database);
}

/** The same on a server of its own, which others may share. @throws Fault `database-unreachable`, `config-invalid` */
export async function openPostgresAppDatabase(
  url: string,
  options: { clock: Clock; log: Log },
): Promise<PostgresDatabase> {
  const database = await PostgresDatabase.open(url, options);
  try {
    await migratePostgres(database, 'app', POSTGRES_APP_MIGRATIONS);
    return database;
  } catch (cause) {
    await database.close();
    throw cause;
  }
}
