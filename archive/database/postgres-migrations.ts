import { Fault } from '#protocol/errors.ts';
import type { PostgresDatabase } from './postgres-database.ts';

/**
 * Brings the tables of one part up to date: each migration runs once, in order, whichever archive comes first.
 * @throws Fault `storage-unwritable` when a newer program has already migrated them further, `config-invalid` where texts would
 * not be kept as they are
 */
export async function migratePostgres(
  database: PostgresDatabase,
  part: 'app' | 'catalog',
  migrations: readonly string[],
): Promise<void> {
  await database.migrating(async (sql) => {
    const encoding = String((await sql.get('SHOW server_encoding'))?.server_encoding);
    if (encoding !== 'UTF8') {
      throw new Fault(
        'config-invalid',
        `The database of DATABASE_URL is in ${encoding}: it must be in UTF8.`,
      );
    }
    await sql.run(
      'CREATE TABLE IF NOT EXISTS verbatim_migrations (part TEXT PRIMARY KEY, version INTEGER NOT NULL)',
    );
    const row = await sql.get('SELECT version FROM verbatim_migrations WHERE part = ?', part);
    const version = Number(row?.version ?? 0);
    if (version > migrations.length) {
      const words = 'The database of DATABASE_URL was written by a newer version of this program.';
      throw new Fault('storage-unwritable', words);
    }
    for (const migration of migrations.slice(version)) await sql.run(migration);
    await sql.run(
      `INSERT INTO verbatim_migrations (part, version) VALUES (?, ?)
       ON CONFLICT (part) DO UPDATE SET version = excluded.version`,
      part,
      migrations.length,
    );
  });
}
