import { join } from 'node:path';
import { expect, test } from 'vitest';
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
  const meetings = new Meetings({ database, clock, ...(max !== undefined && { max }) });
  const isKnown = (meetingId: string) => {
    try {
      return meetings.get(meetingId).meetingId === meetingId;
    } catch {
      return false;
    }
  };
  return { clock, database, isKnown, meetings, path };
}

test('a meeting that nobody has entered is forgotten after a time, one that was used is not', async () => {
  const { clock, isKnown, meetings } = await open();
  const [used, unused] = [meetings.create('Used').meetingId, meetings.create('Unused').meetingId];
  meetings.used(used);
  meetings.start();
  clock.advance(UNUSED_DAYS * DAY_MS);
  expect([used, unused].map(isKnown)).toEqual([true, true]);
  clock.advance(DAY_MS);
  expect([used, unused].map(isKnown)).toEqual([true, false]);
  meetings.close();
  expect(clock.pending).toBe(0);
});

test('where there are too many, the oldest unused one gives way, and those that are used never', async () => {
  const { clock, isKnown, meetings } = await open(2);
  const ids = [meetings.create('a').meetingId];
  clock.advance(1);
  ids.push(meetings.create('b').meetingId);
  clock.advance(1);
  ids.push(meetings.create('c').meetingId);
  expect(ids.map(isKnown)).toEqual([false, true, true]);
  for (const id of ids) meetings.used(id);
  expect(() => meetings.create('d')).toThrow('The server cannot take another meeting now.');
});

test('meetings of before are kept', async () => {
  const { clock, path } = await open();
  const old = `${path}.old`;
  const database = openDatabase(old, MIGRATIONS.slice(0, 2));
  database.exec(`INSERT INTO meetings VALUES ('old', 'Old', 'hash', 0)`);
  database.close();
  const again = new Meetings({ database: openAppDatabase(old), clock });
  again.start();
  expect(again.get('old').name).toBe('Old');
  again.close();
});
