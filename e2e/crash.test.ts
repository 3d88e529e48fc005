import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import type { Person } from './testing/person.ts';
import {
  capturedTimes,
  corruptPictures,
  timedPictures,
} from './testing/recording-inspection/captured-times.ts';
import { decodingFaults } from './testing/recording-inspection/decoding.ts';
import { readFlvFile, tagFaults } from './testing/recording-inspection/flv-tags.ts';
import { listen, missingTone, strangeTones } from './testing/recording-inspection/sound.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

/** How long the light may lie [D8]. */
const LIGHT_OUT_MS = 2000;
/** What a killed recorder may have lost, and when it records again [KILL1]. */
const LOST_MS = 1000;
const BACK_MS = 3000;
/** Media does not go through the front door: only a busy machine holds it up. */
const LONGEST_FREEZE_MS = 500;

const running = runSystem();
let eve: Person;
let sam: Person;

beforeAll(async () => {
  const camera = { width: 320, height: 240, framesPerSecond: 15, shows: 'time' } as const;
  eve = await running.arrive('Eve', { owner: 5, camera, microphone: true });
  sam = await running.arrive('Sam', { owner: 3, microphone: true });
  const link = await eve.createMeeting(running.url, 'Crash');
  await eve.askToJoin();
  await eve.isIn();
  await sam.join(link);
});

const now = (): number => systemClock.nowMs();

const ownerOf = (personName: string): number => (personName === 'Eve' ? eve : sam).owner;

/** Records both; resolves when two seconds of Eve are on disk. */
async function record(take: number): Promise<{ path: string; name: string }> {
  await eve.button('Start recording').click();
  await sam.answer('Accept');
  await Promise.all([eve.light.waitFor(), sam.light.waitFor()]);
  const isThere = ({ files }: Manifest) => files.length === 2;
  const { path, manifest } = await untilRecording(
    'both are recorded',
    running.system.recordingsDir,
    take,
    isThere,
  );
  const name = manifest.files.find(({ personName }) => personName === 'Eve')?.name;
  if (name === undefined) throw new Error('no file of Eve');
  await untilLong(join(path, name), 2000);
  return { path, name };
}

async function untilLong(file: string, ms: number): Promise<void> {
  await until(`${ms} ms are in the file`, async () => {
    return ((await readFlvFile(file)).tags.at(-1)?.timestampMs ?? 0) >= ms;
  });
}

async function stop(take: number): Promise<Manifest> {
  await eve.button('Stop recording').click();
  const isOver = ({ state }: Manifest) => state !== 'recording';
  const { manifest } = await untilRecording(
    'the recording is over',
    running.system.recordingsDir,
    take,
    isOver,
  );
  expect(manifest.state).toBe('complete');
  return manifest;
}

/** Does something that puts the light out; how long after it the light is out for everyone. */
async function lightOutAfter(blow: () => void): Promise<number> {
  // The locators' own waiting looks twice a second only.
  const outs = await Promise.all(
    [eve, sam].map(async ({ light, page }) => {
      const lamp = await light.elementHandle();
      return () => page.waitForFunction((element) => !element?.checkVisibility(), lamp, { polling: 20 });
    }),
  );
  blow();
  const fromMs = now();
  await Promise.all(outs.map((isOut) => isOut()));
  return now() - fromMs;
}

async function expectSound({ files }: Manifest, path: string): Promise<void> {
  for (const { name, personName } of files) {
    const file = join(path, name);
    expect.soft(await decodingFaults(file), name).toEqual([]);
    // A slate comes every 5 s: the file of somebody without a camera has none at the end that a crash made.
    if (personName === 'Eve') expect.soft(tagFaults(await readFlvFile(file)), name).toEqual([]);
    expect.soft(strangeTones(await listen(file), ownerOf(personName)), name).toEqual([]);
  }
}

test('[KILL1] a killed recorder loses less than a second, records again within three, and its file is repaired', async () => {
  const { path, name } = await record(0);
  const pid = await running.system.pidOf('recorder');
  let killedAtMs = 0;
  const outAfterMs = await lightOutAfter(() => {
    process.kill(pid, 'SIGKILL');
    killedAtMs = now();
  });
  await Promise.all([eve.light.waitFor(), sam.light.waitFor()]);
  const repaired = await untilRecording('both are repaired', running.system.recordingsDir, 0, ({ files }) => {
    return files.length === 4 && files.filter(({ state }) => state === 'recovered').length === 2;
  });
  const second = repaired.manifest.files.find((file) => file.personName === 'Eve' && file.name !== name);
  if (!second) throw new Error('no second file');
  await untilLong(join(path, second.name), 2000);
  const manifest = await stop(0);

  await expectSound(manifest, path);
  const [before, after] = await Promise.all(
    [name, second.name].map((file) => timedPictures(join(path, file), killedAtMs)),
  );
  expect([...corruptPictures(before ?? []), ...corruptPictures(after ?? [])]).toEqual([]);
  const lostMs = killedAtMs - (capturedTimes(before ?? []).at(-1) ?? Number.NaN);
  const backAfterMs = (capturedTimes(after ?? [])[0] ?? Number.NaN) - killedAtMs;
  console.info(
    `kill of the recorder: ${Math.round(lostMs)} ms lost, light out after ${Math.round(outAfterMs)} ms, recording again after ${Math.round(backAfterMs)} ms`,
  );
  expect(lostMs).toBeLessThanOrEqual(LOST_MS);
  expect(outAfterMs).toBeLessThanOrEqual(scaled(LIGHT_OUT_MS));
  expect(backAfterMs).toBeLessThanOrEqual(scaled(BACK_MS));
});

test('[KILL2] while a recorder hangs the light is out for everyone; afterwards it goes on, and nothing is overwritten', async () => {
  const { path, name } = await record(1);
  const pid = await running.system.pidOf('recorder');
  const stoppedAtMs = now();
  const outAfterMs = await lightOutAfter(() => process.kill(pid, 'SIGSTOP'));
  const written = await readFile(join(path, name));
  process.kill(pid, 'SIGCONT');
  await Promise.all([eve.light.waitFor(), sam.light.waitFor()]);
  const manifest = await stop(1);
  console.info(`recorder that hangs: light out after ${Math.round(outAfterMs)} ms`);
  expect(outAfterMs).toBeLessThanOrEqual(scaled(LIGHT_OUT_MS));
  const { tags } = await readFlvFile(join(path, name));
  const mediaFrom = tags.find(({ type }) => type !== 'script')?.offset ?? 0;
  const after = await readFile(join(path, name));
  expect(after.subarray(mediaFrom, written.length).equals(written.subarray(mediaFrom))).toBe(true);
  await expectSound(manifest, path);
  for (const file of manifest.files.filter(({ personName }) => personName === 'Eve')) {
    expect(corruptPictures(await timedPictures(join(path, file.name), stoppedAtMs))).toEqual([]);
  }
});

test('[KILL3] a killed archive stops neither the meeting nor its recording', async () => {
  const { path, name } = await record(2);
  process.kill(await running.system.pidOf('archive'), 'SIGKILL');
  const killedAtMs = now();
  await eve.untilHears(sam);
  await until('the front door serves again', async () => (await fetch(`${running.url}/healthz`)).ok);
  const servedAtMs = now();
  const { manifest: going } = await untilRecording(
    'it is there',
    running.system.recordingsDir,
    2,
    () => true,
  );
  const { startOffsetMs = 0 } = going.files.find(({ personName }) => personName === 'Eve') ?? {};
  await untilLong(join(path, name), servedAtMs - going.startedAtMs - startOffsetMs + 2000);
  const manifest = await stop(2);

  await expectSound(manifest, path);
  expect(manifest.files).toHaveLength(2);
  // Everybody came back to the session they had: nothing was produced anew.
  for (const { gaps, muted } of manifest.files) {
    // A browser that is short of time stalls by itself: for how long, is measured below.
    expect([gaps.filter(({ cause }) => cause !== 'stalled'), muted]).toEqual([[], []]);
  }
  expect(manifest.files.find((file) => file.name === name)?.cameraOff).toEqual([]);
  for (const { durationMs, muted, name: file, personName } of manifest.files) {
    const span = { fromMs: 500, toMs: durationMs };
    expect(missingTone(await listen(join(path, file)), ownerOf(personName), span)).toEqual([]);
    expect(muted).toEqual([]);
  }
  const pictures = await timedPictures(join(path, name), killedAtMs);
  expect(corruptPictures(pictures)).toEqual([]);
  const times = capturedTimes(pictures);
  const freezeMs = Math.max(...times.map((ms, at) => ms - (times[at - 1] ?? ms)));
  console.info(
    `kill of the archive: it serves again after ${Math.round(servedAtMs - killedAtMs)} ms, longest freeze ${Math.round(freezeMs)} ms`,
  );
  expect(freezeMs).toBeLessThanOrEqual(scaled(LONGEST_FREEZE_MS));
  expect(times.at(-1)).toBeGreaterThan(servedAtMs + 1000);
  for (const { watched } of [eve, sam])
    expect(watched.troubles([/ERR_CONNECTION/, /websocket/i])).toEqual([]);
});
