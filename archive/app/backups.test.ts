import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { openAppDatabase } from './app-database.ts';
import { Backups, KEPT_BACKUPS } from './backups.ts';
import { Meetings } from './meetings.ts';
import { restoreBackup } from './restore.ts';

const DAY_MS = 86_400_000;

async function open() {
  const folder = await temporaryFolder();
  const path = join(folder, 'app.db');
  const clock = new ManualClock(Date.parse('2026-11-22T23:00:00Z'));
  const database = openAppDatabase(path);
  const meetings = new Meetings({ database, clock, log: silentLog });
  const backups = new Backups({ database, folder: join(folder, 'backups'), clock, log: silentLog });
  return { backups, clock, database, folder, meetings, path };
}

test('one backup a day is made while the database is in use, and the oldest go', async () => {
  const { backups, clock, database, folder } = await open();
  for (let day = 0; day < KEPT_BACKUPS + 2; day += 1) {
    await backups.makeTodays();
    await backups.makeTodays();
    clock.advance(DAY_MS);
  }
  const names = (await readdir(join(folder, 'backups'))).sort();
  expect(names).toHaveLength(KEPT_BACKUPS);
  expect([names[0], names.at(-1)]).toEqual(['app-2026-11-24.db', 'app-2026-12-07.db']);
  expect((await stat(join(folder, 'backups', names[0] ?? ''))).mode & 0o077).toBe(0);
  await database.close();
});

test('a restored backup holds what there was, and the replaced file is kept', async () => {
  const { backups, clock, database, folder, meetings, path } = await open();
  const { meetingId } = await meetings.create('Before');
  await backups.makeTodays();
  const later = await meetings.create('After');
  const backup = join(folder, 'backups/app-2026-11-22.db');
  await expect(restoreBackup(backup, path, clock.nowMs())).rejects.toThrow(
    /is in use. Stop the archive first/,
  );
  await database.close();
  const kept = await restoreBackup(backup, path, clock.nowMs());
  const restored = openAppDatabase(path);
  const after = new Meetings({ database: restored, clock, log: silentLog });
  expect((await after.get(meetingId)).name).toBe('Before');
  await expect(after.get(later.meetingId)).rejects.toThrow();
  await restored.close();
  const replaced = openAppDatabase(kept ?? '');
  const before = new Meetings({ database: replaced, clock, log: silentLog });
  expect((await before.get(later.meetingId)).name).toBe('After');
  await replaced.close();
});

test('what is no backup is not put in place of anything', async () => {
  const { clock, database, folder, path } = await open();
  await database.close();
  await writeFile(join(folder, 'rubbish.db'), 'rubbish '.repeat(1000));
  for (const name of ['rubbish.db', 'nowhere.db']) {
    await expect(restoreBackup(join(folder, name), path, clock.nowMs())).rejects.toThrow(/is no backup/);
  }
  expect((await readdir(folder)).includes('app.db')).toBe(true);
});
