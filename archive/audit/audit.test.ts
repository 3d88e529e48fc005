import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { MIGRATIONS, openAppDatabase } from '../app/app-database.ts';
import type { Sql } from '../database/database.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { Audit, MAX_AUDIT_ENTRIES, WATCH_PAUSE_MS } from './audit.ts';
import { chainAudit, headOf, type Link } from './chain.ts';
import type { Deed } from './deed.ts';
import { ENTRIES_PER_HOUR } from './quota.ts';
import { verifyAudit } from './verify.ts';

async function openAudit(maxEntries?: number, writesWatching = true) {
  const folder = await temporaryFolder();
  const database = openAppDatabase(join(folder, 'app.db'));
  onTestFinished(() => database.close());
  /** Whoever owns the disk. */
  const owner = new DatabaseSync(join(folder, 'app.db'));
  onTestFinished(() => owner.close());
  const clock = new ManualClock();
  const audit = new Audit({
    ...{ database, clock, log: silentLog, writesWatching },
    ...(maxEntries !== undefined && { maxEntries }),
  });
  const write = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      await audit.record({
        actor: 'admin',
        address: '192.0.2.1',
        action: 'recording-pinned',
        detail: `number ${index}`,
      });
    }
  };
  const faults = async (witnesses: Link[] = [], kept = maxEntries ?? MAX_AUDIT_ENTRIES) => {
    const remembered = witnesses.map((link) => ({ ...link, from: 'a witness' }));
    return (await verifyAudit(database, remembered, kept)).faults;
  };
  return { audit, clock, database, faults, folder, owner, write };
}

const tamperings: [string, string, RegExp][] = [
  ['edited', "UPDATE audit SET detail = 'nothing' WHERE id = 4", /^Entry 4 was changed/],
  ['edited in who did it', "UPDATE audit SET actor = 'host' WHERE id = 4", /^Entry 4 was changed/],
  ['removed', 'DELETE FROM audit WHERE id = 4', /^Between the entries 3 and 5/],
  [
    'removed, with the others moved up',
    'DELETE FROM audit WHERE id = 4; UPDATE audit SET id = id - 1 WHERE id > 4',
    /^Entry 4 was/,
  ],
  [
    'inserted',
    `UPDATE audit SET id = id + 100 WHERE id > 4; UPDATE audit SET id = id - 99 WHERE id > 100;
     INSERT INTO audit SELECT 5, at_ms, actor, address, action, recording_id, detail, hash FROM audit WHERE id = 4`,
    /^Entry 5 was changed, put in or moved/,
  ],
  [
    'added at the end',
    'INSERT INTO audit SELECT NULL, at_ms, actor, address, action, recording_id, detail, hash FROM audit WHERE id = 4',
    /^Entry 11 was/,
  ],
  [
    'reordered',
    'UPDATE audit SET id = 100 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 5; UPDATE audit SET id = 5 WHERE id = 100',
    /^Entry 4 was changed, put in or moved/,
  ],
  ['cut off at the end', 'DELETE FROM audit WHERE id > 7', /^Entries after 7 are missing: 10 was given/],
  [
    'cut off at the beginning, with an anchor to fit',
    'UPDATE audit_anchor SET id = 4, hash = (SELECT hash FROM audit WHERE id = 4); DELETE FROM audit WHERE id <= 4',
    /^The entries up to 4 are missing/,
  ],
];

test.each(tamperings)('an audit log in which an entry was %s is not whole', async (_what, sql, expected) => {
  const { database, faults, owner, write } = await openAudit();
  await write(10);
  expect(await faults([await headOf(database)])).toEqual([]);
  owner.exec(sql);
  expect((await faults())[0]).toMatch(expected);
});

test('entries of many at once are one chain, in the order in which they were told', async () => {
  const { audit, database, faults } = await openAudit();
  const other = new Audit({ database, clock: new ManualClock(), log: silentLog, writesWatching: true });
  const told = [...Array(50).keys()].flatMap((index) => [
    audit.record({ actor: 'admin', action: 'recording-pinned', detail: `one ${index}` }),
    other.record({ actor: 'admin', action: 'recording-pinned', detail: `other ${index}` }),
  ]);
  await Promise.all(told);
  expect(await faults()).toEqual([]);
  const rows = await database.all('SELECT id, detail FROM audit ORDER BY id');
  expect(rows.map(({ id }) => id)).toEqual([...Array(100).keys()].map((index) => index + 1));
  for (const who of ['one', 'other']) {
    const details = rows.map(({ detail }) => String(detail)).filter((detail) => detail.startsWith(`${who} `));
    expect(details).toEqual([...Array(50).keys()].map((index) => `${who} ${index}`));
  }
});

test('what was cut off without a trace, or written anew, is told by whoever remembers the end', async () => {
  const { audit, database, faults, owner, write } = await openAudit();
  await write(10);
  const witness = await headOf(database);
  owner.exec("DELETE FROM audit WHERE id > 7; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'");
  expect(await faults()).toEqual([]);
  expect(await faults([witness])).toEqual(['Entries after 7 are missing: a witness remembers 10.']);
  // Whoever can write the database can chain other entries; those have other hashes.
  await write(5);
  expect(await faults()).toEqual([]);
  expect(await faults([witness])).toEqual(['Entry 10 is not the one that a witness remembers.']);
  await audit.close();
});

test('the oldest give way, and the chain goes on from an anchor', async () => {
  const { database, faults, owner, write } = await openAudit(20);
  await write(10);
  const early = await headOf(database);
  await write(25);
  const row = await database.get('SELECT min(id) AS first, count(*) AS count FROM audit');
  expect({ ...row }).toEqual({ first: 16, count: 20 });
  expect(await faults([early, await headOf(database)])).toEqual([]);
  owner.exec("UPDATE audit SET detail = 'nothing' WHERE id = 16");
  expect((await faults())[0]).toMatch(/^Entry 16 was changed/);
});

test('a log of before is taken into the chain', async () => {
  const path = join(await temporaryFolder(), 'app.db');
  // As the version before the chain left it, its oldest entries pruned.
  const fresh = openDatabase(path, MIGRATIONS.slice(0, MIGRATIONS.indexOf(chainAudit)));
  fresh.exec(
    "INSERT INTO audit VALUES (7, 1, 'admin', NULL, 'signed-in', NULL, NULL), (9, 2, 'host', 'x', 'share-created', NULL, 'y')",
  );
  fresh.close();
  const database = openAppDatabase(path);
  onTestFinished(() => database.close());
  expect(await verifyAudit(database, [], MAX_AUDIT_ENTRIES)).toMatchObject({ entries: 2, faults: [] });
  const rows = await database.all('SELECT id, actor, detail FROM audit');
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { id: 1, actor: 'admin', detail: null },
    { id: 2, actor: 'host', detail: 'y' },
  ]);
});

test('one network cannot fill the log: what it does too often is counted', async () => {
  const { audit, clock, database, faults } = await openAudit();
  const refused: Deed = { actor: 'anonymous', address: '2001:db8::1', action: 'sign-in-refused' };
  for (let index = 0; index < 1000; index += 1) {
    await audit.record({ ...refused, address: `2001:db8::${index.toString(16)}` });
  }
  const rows = () => database.all('SELECT address, action, detail FROM audit');
  expect(await rows()).toHaveLength(ENTRIES_PER_HOUR);
  // Others, and other things, are written down all the same; and so is all that an administrator does.
  await audit.record({ ...refused, address: '192.0.2.1' });
  await audit.record({ ...refused, action: 'share-opened', actor: 'share' });
  for (let index = 0; index < 100; index += 1)
    await audit.record({ ...refused, actor: 'admin', action: 'recording-deleted' });
  expect(await rows()).toHaveLength(ENTRIES_PER_HOUR + 102);
  clock.advance(3_600_000);
  await audit.record({ ...refused, address: '192.0.2.1' });
  expect((await rows()).at(-2)?.detail).toMatch(/^940 more of these in the hour until /);
  for (let index = 0; index < 70; index += 1) await audit.record(refused);
  await audit.close();
  expect((await rows()).at(-1)?.detail).toMatch(/^10 more of these/);
  expect(await faults()).toEqual([]);
  await audit.record(refused);
});

test('watching is one entry for each time that somebody comes to watch, and none where it is switched off', async () => {
  const { audit, clock, database } = await openAudit();
  const quiet = await openAudit(undefined, false);
  const deed = { actor: 'host', address: '192.0.2.1', recordingId: '20260901T000000000Z-abcdefgh' } as const;
  const count = async (of: Sql) => (await of.get('SELECT count(*) AS count FROM audit'))?.count;
  for (let index = 0; index < 50; index += 1) {
    await audit.watched(deed, 'host 192.0.2.1');
    await quiet.audit.watched(deed, 'host 192.0.2.1');
    clock.advance(WATCH_PAUSE_MS - 1);
  }
  expect([await count(database), await count(quiet.database)]).toEqual([1, 0]);
  await audit.watched(deed, 'host 192.0.2.2');
  clock.advance(WATCH_PAUSE_MS + 1);
  await audit.watched(deed, 'host 192.0.2.1');
  expect(await count(database)).toBe(3);
});

test('npm run audit:verify tells by the backups what is missing, and ends with 1', {
  timeout: 60_000,
}, async () => {
  const { database, folder, owner, write } = await openAudit();
  await write(10);
  await mkdir(join(folder, 'backups'));
  await database.copyTo(join(folder, 'backups', 'app-2026-11-22.db'));
  const verify = async (...heads: string[]) => {
    const script = join(import.meta.dirname, '../../scripts/audit-verify.ts');
    const env = { ...process.env, DATA_DIR: folder };
    const run = promisify(execFile)(process.execPath, [script, ...heads], { env });
    return run.then(({ stdout }) => ({ code: 0, stdout })).catch(({ code, stdout }) => ({ code, stdout }));
  };
  const { hash, id } = await headOf(database);
  const good = await verify(`${id}:${hash}`);
  expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('Nothing was changed')]);
  owner.exec("DELETE FROM audit WHERE id > 7; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'");
  const cut = await verify();
  expect([cut.code, cut.stdout]).toEqual([
    1,
    expect.stringContaining('backups/app-2026-11-22.db remembers 10'),
  ]);
});
