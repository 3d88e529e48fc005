import { expect, test } from 'vitest';
import { type Log, silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { askingAsAdmin } from '../testing/client.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { STARTED_AT_MS, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { RETENTION_PERIOD_MS } from './retention.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** An archive that keeps a day, with a recording that is twenty hours old. */
async function open(root?: string, clock = new ManualClock(STARTED_AT_MS + 20 * HOUR_MS)) {
  const words: string[] = [];
  const log: Log = { ...silentLog, warn: (event) => words.push(event) };
  const archive = await openTestArchive({ clock, log, root: root ?? (await temporaryFolder()) });
  await writeRecording(archive.recordings, sampleManifest(0));
  await archive.indexer.reconcile();
  await archive.retention.set({ days: 1, maxBytes: null });
  /** As every hour by itself. */
  const deleted = async () => (await archive.retention.run()).recordings;
  const admin = await askingAsAdmin(archive);
  // It is looked at the clock from the start on.
  await admin('GET', '/api/storage');
  return { admin, archive, clock, deleted, words };
}

test('a clock that jumps ahead by 8 h deletes nothing for a day of running, and then by its age', async () => {
  const { admin, clock, deleted, words } = await open();
  clock.stepWall(8 * HOUR_MS);
  expect(await deleted()).toBe(0);
  expect(words).toEqual(['clock-jumped']);
  const { clockJump } = (await admin('GET', '/api/storage')).body;
  expect(clockJump).toEqual({ byMs: 8 * HOUR_MS, leftMs: DAY_MS });
  clock.advance(23 * HOUR_MS);
  expect(await deleted()).toBe(0);
  clock.advance(HOUR_MS);
  expect(await deleted()).toBe(1);
  expect((await admin('GET', '/api/storage')).body.clockJump).toBeUndefined();
});

test('a clock that goes back 8 h deletes the later, and one that is set right again nothing at once', async () => {
  const { clock, deleted } = await open();
  clock.stepWall(-8 * HOUR_MS);
  clock.advance(5 * HOUR_MS);
  expect(await deleted()).toBe(0);
  clock.stepWall(8 * HOUR_MS);
  expect(await deleted()).toBe(0);
  clock.advance(DAY_MS);
  expect(await deleted()).toBe(1);
});

test('the jump outlives a restart, and whoever has the rules carried out confirms the clock', async () => {
  const root = await temporaryFolder();
  const first = await open(root);
  first.clock.stepWall(8 * HOUR_MS);
  expect(await first.deleted()).toBe(0);
  await first.archive.close();
  // Off for a night: what passed then is not known, and no running time.
  const clock = new ManualClock(first.clock.wallMs() + 10 * HOUR_MS);
  const { admin, deleted, words } = await open(root, clock);
  expect(await deleted()).toBe(0);
  expect(words).not.toContain('clock-jumped');
  expect((await admin('POST', '/api/storage/retention/run')).body.recordings).toBe(1);
  expect((await admin('GET', '/api/storage')).body.clockJump).toBeUndefined();
});

test('after a restart a clock that says weeks later is not believed at once, and a nap is no jump', async () => {
  const root = await temporaryFolder();
  const first = await open(root);
  await first.archive.close();
  const weeksLater = await open(root, new ManualClock(first.clock.wallMs() + 21 * DAY_MS));
  expect(await weeksLater.deleted()).toBe(0);
  expect(weeksLater.words).toContain('clock-jumped');
  await weeksLater.archive.close();
  // Over time that has passed, however much, nothing is doubted.
  const { clock, deleted } = await open();
  clock.advance(RETENTION_PERIOD_MS * 5);
  expect(await deleted()).toBe(1);
});
