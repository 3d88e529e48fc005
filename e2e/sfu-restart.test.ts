import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import type { Person } from './testing/person.ts';
import {
  capturedTimes,
  corruptPictures,
  timedPictures,
} from './testing/recording-inspection/captured-times.ts';
import { decodingFaults } from './testing/recording-inspection/decoding.ts';
import { readFlvFile } from './testing/recording-inspection/flv-tags.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

/** The supervisor starts another server, and pages and recorder find it and begin their streams anew. */
const GAP_MS = 10_000;

const running = runSystem();
let eve: Person;
let sam: Person;

beforeAll(async () => {
  const camera = { width: 320, height: 240, framesPerSecond: 15, shows: 'time' } as const;
  eve = await running.arrive('Eve', { owner: 5, camera, microphone: true });
  sam = await running.arrive('Sam', { owner: 3, microphone: true });
  const link = await eve.createMeeting(running.url, 'Restart');
  await eve.askToJoin();
  await eve.isIn();
  await sam.join(link);
});

const lastMs = async (file: string): Promise<number> =>
  (await readFlvFile(file)).tags.at(-1)?.timestampMs ?? 0;

test('[KILL5] a killed meeting server costs a gap: everybody is back by themselves, in the same recording and files', async () => {
  await eve.button('Start recording').click();
  await sam.answer('Accept');
  await Promise.all([eve.light.waitFor(), sam.light.waitFor()]);
  const { path, manifest: before } = await untilRecording(
    'both are recorded',
    running.system.recordingsDir,
    0,
    ({ files }) => files.length === 2,
  );
  const evesFile = join(path, before.files.find(({ personName }) => personName === 'Eve')?.name ?? '');
  await until('two seconds are in the file', async () => (await lastMs(evesFile)) >= 2000);

  const killedAtMs = systemClock.nowMs();
  process.kill(await running.system.pidOf('sfu'), 'SIGKILL');
  await Promise.all([eve, sam].map(({ light }) => light.waitFor({ state: 'hidden' })));
  await Promise.all([eve, sam].map(({ light }) => light.waitFor()));
  await eve.untilHears(sam);
  const backMs = await lastMs(evesFile);
  await until('two more seconds are', async () => (await lastMs(evesFile)) >= backMs + 2000);
  await eve.button('Stop recording').click();
  const { manifest } = await untilRecording(
    'it is over',
    running.system.recordingsDir,
    0,
    ({ state }) => state !== 'recording',
  );

  expect(manifest.state).toBe('complete');
  expect(manifest.stopReason).toBe('host');
  expect(manifest.files.map(({ name }) => name)).toEqual(before.files.map(({ name }) => name));
  for (const { name } of manifest.files)
    expect.soft(await decodingFaults(join(path, name)), name).toEqual([]);
  const pictures = await timedPictures(evesFile, killedAtMs);
  expect(corruptPictures(pictures)).toEqual([]);
  const times = capturedTimes(pictures);
  const gapMs = Math.max(...times.map((ms, at) => ms - (times[at - 1] ?? ms)));
  console.info(`kill of the meeting server: ${Math.round(gapMs)} ms without a picture`);
  expect(gapMs).toBeLessThanOrEqual(scaled(GAP_MS));
  expect(times.at(-1)).toBeGreaterThan(killedAtMs + 1000);
});
