import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { systemClock } from '#service/clock.ts';
import { inTime } from '#service/in-time.ts';
import { readManifest } from '#store/manifest-file.ts';
import { SILENT_FRAMES } from '../audio/silent-frames.ts';
import type { Recorder } from '../control/recorder.ts';
import { newRecording } from '../control/testing/open-recorder.ts';
import { RecordingPlace } from '../control/testing/recording-place.ts';
import { Voices } from '../control/testing/voices.ts';
import type { FlvTag } from '../flv/flv-reader.ts';
import { TAG_TYPE } from '../flv/flv-tag.ts';
import { tagsOf } from '../flv/testing/file-in-memory.ts';

/** Of each of two recordings: thirty streams together. */
const PEOPLE = 15;
/** How long a Stop may take, whatever has died [END3]. */
const STOP_MS = 2000;
const LIMIT_MS = 120_000;
/** Takes all that it gets, and goes with whoever began it. */
const BUSY_LOOP = 'const parent = process.ppid; while (process.ppid === parent);';
/** A burst of noise comes once a second. */
const SILENCE_MS = 1500;

let place: RecordingPlace;
let recorder: Recorder;
let voices: Voices;
/** The one that is stopped in the middle of it, and the one that goes on. */
let stopped: string;
let going: string;

beforeEach(async () => {
  place = await RecordingPlace.open();
  recorder = place.openRecorder({ capacity: 2 * PEOPLE });
  voices = await Voices.open();
  [stopped, going] = [await record(), await record()];
}, LIMIT_MS);
afterEach(async () => {
  voices.close();
  await recorder.close();
  await place.close();
}, LIMIT_MS);

async function record(): Promise<string> {
  const params = newRecording();
  await recorder.commands.start(params);
  await voices.join(recorder, params.recordingId, PEOPLE);
  const session = await recorder.session(params.recordingId);
  await vi.waitUntil(() => session.manifest.files.length === PEOPLE, { timeout: 60_000 });
  await untilHeardAfter(params.recordingId, 0);
  return params.recordingId;
}

/**
 * Presses Stop. A timer of as long as it may take, in the same process, is held up by the same things as the answer is. Where
 * even the disk has no turn, that is the answer.
 */
async function stop(recordingId: string): Promise<Manifest> {
  const beganMs = systemClock.nowMs();
  const answer = recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 }).then(
    () => 'complete',
    (cause: Fault) => cause.code,
  );
  expect(await inTime(systemClock, STOP_MS, answer)).toBe(true);
  console.info(
    `Stop of ${PEOPLE} people: ${await answer} after ${Math.round(systemClock.nowMs() - beganMs)} ms`,
  );
  expect(['complete', 'disk-stalled']).toContain(await answer);
  const isOver = async () => (await readManifest(place.folder(recordingId))).state === 'complete';
  await vi.waitUntil(isOver, { timeout: LIMIT_MS });
  return readManifest(place.folder(recordingId));
}

async function soundIn(recordingId: string, name: string): Promise<FlvTag[]> {
  const tags = await tagsOf(await readFile(join(place.folder(recordingId), name)));
  return tags.filter(({ data, type }) => type === TAG_TYPE.audio && data[1] === 1);
}

const isHeard = ({ data }: FlvTag): boolean => !data.subarray(2).equals(SILENT_FRAMES[1]);

/** Everybody of a recording that goes on has sound in their file from later than this. */
async function untilHeardAfter(recordingId: string, afterMs: number): Promise<void> {
  const { manifest } = await recorder.session(recordingId);
  for (const { name } of manifest.files) {
    const isBack = async () =>
      (await soundIn(recordingId, name)).some((tag) => tag.timestampMs > afterMs && isHeard(tag));
    await vi.waitUntil(isBack, { timeout: 60_000, interval: 200 });
  }
}

/** How much is in the fullest file, ms. */
async function lengthOf(recordingId: string): Promise<number> {
  const session = await recorder.session(recordingId);
  return Math.max(...session.progress().map(({ durationMs }) => durationMs));
}

/**
 * Every file is complete, its sound goes from its beginning to its end, and there is a burst of it each second, but where the
 * manifest tells of a gap.
 */
async function expectSound({ files, recordingId }: Manifest): Promise<void> {
  expect(files.map(({ state }) => state)).toEqual(Array(PEOPLE).fill('complete'));
  for (const { durationMs, gaps, name, startOffsetMs } of files) {
    const frames = await soundIn(recordingId, name);
    for (const [index, { timestampMs }] of frames.entries())
      expect(Math.abs(timestampMs - (index * 1024) / 48)).toBeLessThan(2);
    expect(durationMs - (frames.at(-1)?.timestampMs ?? 0)).toBeLessThan(50);
    const heardMs = frames.filter(isHeard).map(({ timestampMs }) => timestampMs);
    expect(heardMs.length).toBeGreaterThan(0);
    const steps = [0, ...heardMs, durationMs];
    const silences = steps.slice(1).map((toMs, index) => ({ fromMs: steps[index] ?? 0, toMs }));
    for (const { fromMs, toMs } of silences.filter((silence) => silence.toMs - silence.fromMs > SILENCE_MS)) {
      const isTold = gaps.some(
        (gap) => gap.fromMs - startOffsetMs < toMs && gap.toMs - startOffsetMs > fromMs,
      );
      expect(isTold, `${name}: silence from ${fromMs} to ${toMs} ms`).toBe(true);
    }
  }
}

test('[AUD8] all audio workers die in one tick while thirty people are heard: sound is back, Stop answers, files are whole', {
  timeout: LIMIT_MS,
}, async () => {
  const diedMs = await lengthOf(going);
  for (const pid of place.audio.pids) process.kill(pid, 'SIGKILL');
  await expectSound(await stop(stopped));
  await untilHeardAfter(going, diedMs + 1000);
  const manifest = await stop(going);
  await expectSound(manifest);
  expect(place.audio.stats()).toMatchObject({ workers: 2, restarts: 2, silenced: 0 });
  for (const { gaps } of manifest.files)
    expect(gaps.filter(({ cause }) => cause === 'audio-worker-lost').length).toBeLessThanOrEqual(2);
});

test('[END3] both audio workers are stopped for four seconds: they are replaced, and Stop does not wait for them', {
  timeout: LIMIT_MS,
}, async () => {
  const { pids } = place.audio;
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  const inTheMiddle = await stop(stopped);
  expect(inTheMiddle.problems.map(({ code }) => code)).toEqual(Array(PEOPLE).fill('end-cut'));
  await expectSound(inTheMiddle);
  await vi.waitUntil(() => pids.every((pid) => !place.audio.pids.includes(pid)));
  await untilHeardAfter(going, (await lengthOf(going)) + 500);
  await expectSound(await stop(going));
});

test('[AUD15] three busy loops beside it for ten seconds: no worker is given up, no file is without sound', {
  timeout: LIMIT_MS,
}, async () => {
  const { pids } = place.audio;
  const loops = [1, 2, 3].map(() => spawn(process.execPath, ['-e', BUSY_LOOP], { stdio: 'ignore' }));
  try {
    const beganMs = await lengthOf(going);
    await untilHeardAfter(stopped, beganMs + 4000);
    await expectSound(await stop(stopped));
    await untilHeardAfter(going, beganMs + 10_000);
    await expectSound(await stop(going));
  } finally {
    const ends = loops.map((loop) => once(loop, 'exit'));
    for (const loop of loops) loop.kill('SIGKILL');
    await Promise.all(ends);
  }
  expect(place.audio.stats()).toMatchObject({ restarts: 0, silenced: 0, dropped: 0 });
  expect(place.audio.pids).toEqual(pids);
});
