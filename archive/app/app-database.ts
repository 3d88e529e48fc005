import { chmodSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../sqlite/open-database.ts';

const MIGRATIONS = [
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
];

/** app.db: what no manifest holds (design §2). Only its owner may read the file. */
export function openAppDatabase(path: string): DatabaseSync {
  const database = openDatabase(path, MIGRATIONS);
  chmodSync(path, 0o600);
  return database;
}
