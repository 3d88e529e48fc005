import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { MIGRATIONS, openAppDatabase } from './app-database.ts';
import { Meetings, UNUSED_DAYS } from './meetings.ts';

const DAY_MS = 24 * 3_600_000;

async function open(max?: number) {
  const path = join(await temporaryFolder(), 'app.db');
  const clock = new ManualClock();
  const database = openAppDatabase(path);
  const meetings = new Meetings({ database, clock, log: silentLog, ...(max !== undefined && { max }) });
  const known = (ids: readonly string[]) =>
    Promise.all(
      ids.map((id) =>
        meetings.get(id).then(
          () => true,
          () => false,
        ),
      ),
    );
  return { clock, database, known, meetings, path };
}

test('a meeting that nobody has entered is forgotten after a time, one that was used is not', async () => {
  const { clock, known, meetings } = await open();
  const { meetingId: used } = await meetings.create('Used');
  const { meetingId: unused } = await meetings.create('Unused');
  await meetings.used(used);
  meetings.start();
  clock.advance(UNUSED_DAYS * DAY_MS);
  expect(await known([used, unused])).toEqual([true, true]);
  clock.advance(DAY_MS);
  expect(await known([used, unused])).toEqual([true, false]);
  await meetings.close();
  expect(clock.pending).toBe(0);
});

test('where there are too many, the oldest unused one gives way, and those that are used never', async () => {
  const { clock, known, meetings } = await open(2);
  const ids = [(await meetings.create('a')).meetingId];
  clock.advance(1);
  ids.push((await meetings.create('b')).meetingId);
  clock.advance(1);
  ids.push((await meetings.create('c')).meetingId);
  expect(await known(ids)).toEqual([false, true, true]);
  for (const id of ids) await meetings.used(id);
  await expect(meetings.create('d')).rejects.toThrow('The server cannot take another meeting now.');
});

test('meetings of before are kept', async () => {
  const { clock, path } = await open();
  const old = `${path}.old`;
  const database = openDatabase(old, MIGRATIONS.slice(0, 2));
  database.exec(`INSERT INTO meetings VALUES ('old', 'Old', 'hash', 0)`);
  database.close();
  const again = new Meetings({ database: openAppDatabase(old), clock, log: silentLog });
  again.start();
  expect((await again.get('old')).name).toBe('Old');
  await again.close();
});
