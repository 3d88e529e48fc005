import { join } from 'node:path';
import type { WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { systemClock } from '#service/clock.ts';
import { plugInCamera } from './testing/participant-media/fake-devices.ts';
import {
  capturedTimes,
  corruptPictures,
  timedPictures,
} from './testing/recording-inspection/captured-times.ts';
import { decodingFaults } from './testing/recording-inspection/decoding.ts';
import { readFlvFile, tagFaults } from './testing/recording-inspection/flv-tags.ts';
import { cameraSizes } from './testing/recording-inspection/picture-sizes.ts';
import { listen, missingTone, strangeTones } from './testing/recording-inspection/sound.ts';
import { untilRecording } from './testing/recordings-on-disk.ts';
import { runSystem } from './testing/run-system.ts';
import { until } from './testing/wait.ts';

/** An AAC frame lasts 21.3 ms; times are written on a grid of 4 ms. */
const SOUND_STEP_MS = 30;

const running = runSystem();

test('[TAKE12] a mute, another camera of another size, and a connection that breaks stay in one file', async () => {
  const camera = { width: 320, height: 240, framesPerSecond: 15, shows: 'time' } as const;
  const eve = await running.arrive('Eve', { owner: 7, camera, microphone: true });
  const sockets: WebSocketRoute[] = [];
  await eve.page.routeWebSocket(/socket\.io/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await eve.createMeeting(running.url, 'One file');
  await eve.askToJoin();
  await eve.isIn();
  await eve.button('Start recording').click();
  await eve.light.waitFor();
  const take = (what: string, condition: (manifest: Manifest) => boolean) =>
    untilRecording(what, running.system.recordingsDir, 0, condition);
  const { path, manifest: begun } = await take('a file is there', ({ files }) => files.length === 1);
  const [first] = begun.files;
  if (!first) throw new Error('no file');
  const file = join(path, first.name);
  const untilGrown = async (ms: number): Promise<void> => {
    const endMs = async () => (await readFlvFile(file)).tags.at(-1)?.timestampMs ?? 0;
    const fromMs = await endMs();
    await until(`the file grows by ${ms} ms`, async () => (await endMs()) > fromMs + ms);
  };

  await eve.toggle('Microphone');
  await untilGrown(1000);
  await eve.toggle('Microphone');
  await eve.toggle('Camera');
  await untilGrown(1000);
  await eve.page.evaluate(plugInCamera, { width: 640, height: 360 });
  await eve.toggle('Camera');
  await untilGrown(1500);
  const open = sockets.length;
  const brokenAtMs = systemClock.nowMs();
  await sockets.at(-1)?.close({ code: 1001 });
  await until('the page connects again', () => sockets.length > open);
  await eve.isIn();
  await untilGrown(2000);
  await eve.button('Stop recording').click();
  const { manifest } = await take('it is complete', ({ state }) => state === 'complete');

  expect(manifest.files.map(({ name }) => name)).toEqual([first.name]);
  const [entry = first] = manifest.files;
  expect(cameraSizes(entry)).toEqual(['320×240', '640×360']);
  expect(entry.muted.length).toBeGreaterThanOrEqual(1);
  expect(entry.cameraOff.length).toBeGreaterThanOrEqual(1);
  expect(await decodingFaults(file)).toEqual([]);
  const { tags, rest } = await readFlvFile(file);
  expect(tagFaults({ tags, rest })).toEqual([]);
  const sound = tags.filter(({ isHeader, type }) => type === 'audio' && !isHeader);
  const holes = sound.flatMap(({ timestampMs }, at) => {
    const stepMs = timestampMs - (sound[at - 1]?.timestampMs ?? timestampMs);
    return stepMs > SOUND_STEP_MS ? [`${stepMs} ms before ${timestampMs} ms`] : [];
  });
  expect(holes).toEqual([]);
  const pictures = await timedPictures(file, brokenAtMs);
  expect(corruptPictures(pictures)).toEqual([]);
  expect(pictures.some(({ kind }) => kind === 'plain')).toBe(true);
  expect(capturedTimes(pictures).at(-1)).toBeGreaterThan(brokenAtMs + 1000);
  const tones = await listen(file);
  expect(strangeTones(tones, eve.owner)).toEqual([]);
  expect(missingTone(tones, eve.owner, { fromMs: entry.durationMs - 1500, toMs: entry.durationMs })).toEqual(
    [],
  );
});
