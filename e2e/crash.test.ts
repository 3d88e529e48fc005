import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { systemClock } from '../service/clock.ts';
import { openBrowser } from './support/browser.ts';
import { Person } from './support/person.ts';
import { decodingFaults } from './support/recording-inspection/decoding.ts';
import { readFlvFile, tagFaults } from './support/recording-inspection/flv-tags.ts';
import { strangePictures, watch } from './support/recording-inspection/picture.ts';
import { listen, strangeTones } from './support/recording-inspection/sound.ts';
import { untilRecording } from './support/recordings-on-disk.ts';
import { type System, startSystem } from './support/system.ts';
import { until } from './support/wait.ts';

/** Design D8: how long the light may lie. */
const LIGHT_OUT_MS = 2000;
/** Design §6: what a killed recorder may have lost. */
const LOST_MS = 1000;

let system: System;
let browser: Browser;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const now = (): number => systemClock.nowMs();

test('a killed recorder puts the light out, comes back, repairs its file and goes on in a new one', async () => {
  const eve = await Person.arrive(browser, 'Eve', {
    owner: 5,
    camera: { width: 320, height: 240, framesPerSecond: 15 },
    microphone: true,
  });
  onTestFailed(() => console.log(system.output(), eve.watched.troubles()));
  await eve.createMeeting(system.url, 'Crash');
  await eve.askToJoin();
  await eve.isIn();
  await eve.button('Start recording').click();
  await eve.light.waitFor();
  const { path, manifest } = await untilRecording(
    'a file is there',
    system.recordingsDir,
    0,
    ({ files }) => files.length === 1,
  );
  const [first] = manifest.files;
  if (!first) throw new Error('no file');
  const secondsWritten = async () =>
    ((await readFlvFile(join(path, first.name))).tags.at(-1)?.timestampMs ?? 0) > 2000;
  await until('two seconds are on disk', secondsWritten);

  process.kill(await system.pidOf('recorder'), 'SIGKILL');
  const killedAtMs = now();
  await eve.light.waitFor({ state: 'hidden', timeout: LIGHT_OUT_MS });
  const outAfterMs = now() - killedAtMs;
  await eve.light.waitFor();
  const backAfterMs = now() - killedAtMs;
  console.log(`light out after ${Math.round(outAfterMs)} ms, back after ${Math.round(backAfterMs)} ms`);
  expect(outAfterMs).toBeLessThan(LIGHT_OUT_MS);

  const isRepaired = await untilRecording(
    'the first file is repaired',
    system.recordingsDir,
    0,
    ({ files }) => files.some(({ name, state }) => name === first.name && state === 'recovered'),
  );
  const second = isRepaired.manifest.files.find(({ name }) => name !== first.name);
  if (!second) throw new Error('no second file');
  const goesOn = async () =>
    ((await readFlvFile(join(path, second.name))).tags.at(-1)?.timestampMs ?? 0) > 2000;
  await until('two seconds are in the new file', goesOn);
  await eve.button('Stop recording').click();
  const done = await untilRecording(
    'the recording is complete',
    system.recordingsDir,
    0,
    ({ state }) => state !== 'recording',
  );

  expect(done.manifest.files.map(({ name, state }) => [name, state])).toEqual([
    [first.name, 'recovered'],
    [second.name, 'complete'],
  ]);
  for (const { name } of done.manifest.files) {
    const file = join(path, name);
    expect.soft(await decodingFaults(file), name).toEqual([]);
    expect.soft(tagFaults(await readFlvFile(file)), name).toEqual([]);
    expect.soft(strangePictures(await watch(file), eve.owner), name).toEqual([]);
    expect.soft(strangeTones(await listen(file), eve.owner), name).toEqual([]);
  }
  const [repaired] = done.manifest.files;
  const endedAtMs = done.manifest.startedAtMs + (repaired?.startOffsetMs ?? 0) + (repaired?.durationMs ?? 0);
  console.log(`lost on the kill: ${Math.round(killedAtMs - endedAtMs)} ms`);
  expect(killedAtMs - endedAtMs).toBeLessThan(LOST_MS);
  expect(eve.watched.troubles()).toEqual([]);
});
