import '#service/owner-umask.ts';

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { listBackups } from '#archive/app/backups.ts';
import { MAX_AUDIT_ENTRIES } from '#archive/audit/audit.ts';
import { headOf } from '#archive/audit/chain.ts';
import { verifyAudit, type Witness } from '#archive/audit/verify.ts';
import { configFields } from '#archive/config.ts';
import { PostgresDatabase } from '#archive/database/postgres-database.ts';
import { SqliteDatabase } from '#archive/database/sqlite-database.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { exitWithFailure } from '#service/supervised.ts';
import { root } from './setup/places.ts';
import { readEnvironment } from './supervisor/environment.ts';

/** `<id>:<hash>`, as a line `audit-head` of the log has them. */
const HEAD = /^(\d{1,15}):([\w-]{1,64})$/;

/**
 * `npm run audit:verify`: whether the audit log is as it was written, by its own chain, by what the backups remember of it, and
 * by what the log told: `npm run audit:verify -- <id>:<hash> …`. The archive may run meanwhile. It ends with 1 when not.
 */
async function main(): Promise<void> {
  const env = readEnvironment(root, process.env);
  const dataDir = resolve(root, configFields.DATA_DIR.parse(env.DATA_DIR));
  const witnesses = process.argv.slice(2).map((argument): Witness => {
    const [, id, hash] = HEAD.exec(argument) ?? [];
    if (id === undefined || hash === undefined) throw new Error(`${argument} is not <id>:<hash>`);
    return { id: Number(id), hash, from: 'the log' };
  });
  const folder = join(dataDir, 'backups');
  for (const name of await listBackups(folder)) {
    const backup = open(join(folder, name));
    // One of before the chain remembers nothing of it.
    const isChained = await backup.get("SELECT 1 FROM sqlite_schema WHERE name = 'audit_anchor'");
    if (isChained) witnesses.push({ ...(await headOf(backup)), from: `backups/${name}` });
    await backup.close();
  }
  const url = configFields.DATABASE_URL.parse(env.DATABASE_URL || undefined);
  const database = url === undefined ? openApp(join(dataDir, 'app.db')) : await openServer(url);
  const { entries, faults, head } = await verifyAudit(database, witnesses, MAX_AUDIT_ENTRIES);
  await database.close();
  for (const fault of faults) console.log(fault);
  console.log(
    `${entries} entries, ${witnesses.length} others remember them; the last is ${head.id}:${head.hash}`,
  );
  if (faults.length > 0) process.exitCode = 1;
  else console.log('Nothing was changed, removed, put in or moved.');
}

function openApp(path: string): SqliteDatabase {
  if (!existsSync(path)) throw new Error(`There is no ${path}.`);
  return open(path);
}

const openServer = (url: string) => PostgresDatabase.open(url, { clock: systemClock, log: silentLog });

const open = (path: string) => new SqliteDatabase(new DatabaseSync(path, { readOnly: true }));

main().catch(exitWithFailure);
