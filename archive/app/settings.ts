import type { Sql } from '../database/database.ts';

type Key = 'admin-password' | 'admin-password-configured' | 'clock' | 'retention';

export async function readSetting(sql: Sql, key: Key): Promise<string | undefined> {
  const row = await sql.get('SELECT value FROM settings WHERE key = ?', key);
  return row && String(row.value);
}

export async function writeSetting(sql: Sql, key: Key, value: string): Promise<void> {
  await sql.run(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    value,
  );
}
