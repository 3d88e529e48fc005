import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { openAppDatabase, openPostgresAppDatabase } from '../app/app-database.ts';
import { Audit, MAX_AUDIT_ENTRIES } from '../audit/audit.ts';
import { verifyAudit } from '../audit/verify.ts';
import { Exports } from '../exports/exports.ts';
import type { Work } from '../exports/maker.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { numbered } from './postgres-text.ts';
import { databaseContract } from './testing/database-contract.ts';
import { PostgresServer } from './testing/postgres-server.ts';

const server = PostgresServer.forThisFile();

async function open(url: string) {
  const database = await openPostgresAppDatabase(url, { clock: systemClock, log: silentLog });
  onTestFinished(() => database.close());
  return database;
}

databaseContract(async () => open(await server.database()));

test('question marks become numbers, where they are not text', () => {
  expect(numbered("SELECT '?', 'it''s ?' FROM a WHERE b = ? AND c IN (?, ?)")).toBe(
    "SELECT '?', 'it''s ?' FROM a WHERE b = $1 AND c IN ($2, $3)",
  );
});

test('two archives that begin on one empty database make its tables once', async () => {
  const url = await server.database();
  const both = await Promise.all([open(url), open(url)]);
  for (const database of both) expect(await database.all('SELECT * FROM pins')).toEqual([]);
});

test('two archives write one audit chain, without a gap, each in its order', async () => {
  const url = await server.database();
  const audits = await Promise.all(
    [1, 2].map(async () => {
      const database = await open(url);
      return new Audit({ database, clock: systemClock, log: silentLog, writesWatching: true });
    }),
  );
  const told = [...Array(40).keys()].flatMap((index) =>
    audits.map((audit, archive) =>
      audit.record({ actor: 'admin', action: 'recording-pinned', detail: `${archive} ${index}` }),
    ),
  );
  await Promise.all(told);
  const database = await open(url);
  expect(await verifyAudit(database, [], MAX_AUDIT_ENTRIES)).toMatchObject({ entries: 80, faults: [] });
  const rows = await database.all('SELECT id, detail FROM audit ORDER BY id');
  for (const archive of [0, 1]) {
    const details = rows
      .map(({ detail }) => String(detail))
      .filter((detail) => detail.startsWith(`${archive} `));
    expect(details).toEqual([...Array(40).keys()].map((index) => `${archive} ${index}`));
  }
  await database.run('DELETE FROM audit WHERE id > 70');
  const cut = await verifyAudit(database, [], MAX_AUDIT_ENTRIES);
  expect(cut.faults).toEqual(['Entries after 70 are missing: 80 was given.']);
});

test('two archives that look for work at once take each export once', async () => {
  const url = await server.database();
  const databases = await Promise.all([open(url), open(url)]);
  const root = await temporaryFolder();
  const file = sampleFile('alice-1').name;
  await writeRecording(root, sampleManifest(1), { [file]: 'FLV' });
  const store = new LocalDisk(root, systemClock, silentLog);
  const made: string[] = [];
  const maker = async ({ job, target }: Work) => {
    made.push(job.exportId);
    await writeFile(target, 'MP4');
  };
  const parts = { store, maker, clock: systemClock, log: silentLog, atOnce: 3 };
  const archives = databases.map((database, index) => {
    const room = { room: async () => 1000, needs: async () => 0 };
    return new Exports({ ...parts, ...room, database, owner: `archive ${index}` });
  });
  const kinds = ['mp4', 'audio', 'mp4-aac', 'audio-aac', 'flv-aac'] as const;
  const stream = { requireOpen: () => {} };
  const jobs = await Promise.all(
    kinds.flatMap((kind) =>
      archives.map((exports) =>
        exports.create({ recordingId: sampleId(1), kind, file, name: 'one', asker: 'admin' }, stream),
      ),
    ),
  );
  for (const exports of archives) exports.start();
  await vi.waitFor(async () => {
    const rows = await databases[0]?.all("SELECT export_id FROM exports WHERE state = 'complete'");
    expect(rows).toHaveLength(kinds.length);
  });
  expect(jobs.filter(({ created }) => created)).toHaveLength(kinds.length);
  expect(made.sort()).toEqual([...new Set(jobs.map(({ job }) => job.exportId))].sort());
  for (const exports of archives) await exports.close();
});

test('both engines have the same columns', async () => {
  const postgres = await open(await server.database());
  const sqlite = openAppDatabase(join(await temporaryFolder(), 'app.db'));
  onTestFinished(() => sqlite.close());
  const tables = ['audit', 'audit_anchor', 'exports', 'meetings', 'pins', 'sessions', 'settings', 'shares'];
  for (const table of tables) {
    const there = await sqlite.all('SELECT name FROM pragma_table_info(?)', table);
    const here = await postgres.all(
      'SELECT column_name AS name FROM information_schema.columns WHERE table_name = ?',
      table,
    );
    const names = (rows: readonly { name?: unknown }[]) => rows.map(({ name }) => String(name)).sort();
    expect([table, names(here).filter((name) => name !== 'rowid')]).toEqual([table, names(there)]);
  }
});

test('a server that is gone is told of at once, and used again when it is back', async () => {
  const database = await open(await server.database());
  await database.run('INSERT INTO pins (recording_id, at_ms) VALUES (?, ?)', 'before', 1);
  await server.stop();
  onTestFinished(() => server.start());
  const isUnreachable = { code: 'database-unreachable', status: 503 };
  await expect(database.all('SELECT * FROM pins')).rejects.toMatchObject(isUnreachable);
  const asked = performance.now();
  for (let index = 0; index < 100; index += 1) {
    await expect(database.transaction('audit', async () => 1)).rejects.toMatchObject(isUnreachable);
  }
  const tookMs = performance.now() - asked;
  console.log(`100 refusals took ${tookMs.toFixed(1)} ms`);
  expect(tookMs).toBeLessThan(scaled(1000));
  expect(database.isReached).toBe(false);
  await server.start();
  await vi.waitFor(() => expect(database.isReached).toBe(true));
  expect(await database.all('SELECT recording_id FROM pins')).toEqual([{ recording_id: 'before' }]);
});

test('a database that there is not is a mistake in the configuration', async () => {
  const url = `${await server.database()}_not`;
  await expect(open(url)).rejects.toMatchObject({ code: 'config-invalid' });
});
