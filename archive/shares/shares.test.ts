import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { Passwords } from '../access/passwords.ts';
import { openAppDatabase } from '../app/app-database.ts';
import { OpenStreams } from '../streams/open-streams.ts';
import { sampleId, temporaryFolder } from '../testing/sample.ts';
import { MAX_SHARES_PER_RECORDING, type NewShare, Shares } from './shares.ts';

const wanted: NewShare = {
  recordingId: sampleId(1),
  expiresInHours: 1,
  download: true,
  createdBy: 'host',
  address: '192.0.2.1',
};

async function open() {
  const database = openAppDatabase(join(await temporaryFolder(), 'app.db'));
  onTestFinished(() => database.close());
  const clock = new ManualClock();
  const streams = new OpenStreams(clock);
  const parts = { database, secret: 'secret', clock, passwords: new Passwords(clock), streams };
  return { shares: new Shares(parts), streams };
}

test('however many are made at once, a recording has so many links and not more', async () => {
  const { shares, streams } = await open();
  const made = [...Array(MAX_SHARES_PER_RECORDING + 5)].map(() => shares.create(wanted, streams.open()));
  const refused = (await Promise.allSettled(made)).filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(5);
  expect(await shares.list(wanted.recordingId)).toHaveLength(MAX_SHARES_PER_RECORDING);
});

test('every view counts, however many come at once', async () => {
  const { shares, streams } = await open();
  const { share } = await shares.create(wanted, streams.open());
  await Promise.all([...Array(50)].map(() => shares.countView(share.shareId)));
  expect((await shares.get(wanted.recordingId, share.shareId)).views).toBe(50);
});

test('a link that is made while its recording is deleted is not left over', async () => {
  const { shares, streams } = await open();
  for (let ticks = 0; ticks < 20; ticks += 1) {
    const stream = streams.open();
    stream.hangOn(`recording:${wanted.recordingId}`);
    const made = shares.create(wanted, stream);
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    const opened = streams.shut([`recording:${wanted.recordingId}`]);
    await shares.removeAllOf(wanted.recordingId);
    await made.catch((cause: Error) => cause);
    opened();
    expect([ticks, await shares.list(wanted.recordingId)]).toEqual([ticks, []]);
  }
});
