import { expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { AAC_FRAME_SAMPLES, SAMPLE_RATE } from '../audio/audio-transcoder.ts';
import { STALL_SLATE_MS } from '../file/picture-track.ts';
import { TAG_TYPE } from '../flv/flv-tag.ts';
import { tagsOf } from '../flv/testing/file-in-memory.ts';
import { HOLD_MS } from '../person/person-streams.ts';
import type { Captured } from './capture-rig.ts';
import { picturesOf } from './captured-pictures.ts';
import { CALM, type Running, simulate } from './simulation.ts';

const startMs = new ManualClock().nowMs();
/** What was captured then is on its way, or waits for its turn. */
const NEAR_MS = 200;

/** The longest step between two tags of sound. */
async function longestStepMs({ file }: Captured): Promise<number> {
  const sounds = (await tagsOf(file)).filter(
    ({ data, type }) => type === TAG_TYPE.audio && data.readUInt8(1) !== 0,
  );
  const times = sounds.map(({ timestampMs }) => timestampMs);
  return Math.max(...times.slice(1).map((ms, index) => ms - (times[index] ?? 0)));
}

/** Durations that a crash would have left, by second. */
function watchDurations() {
  const durations: (number | undefined)[] = [];
  const look = ({ rig }: Running) => durations.push(rig.person.describe(startMs).at(-1)?.durationMs);
  return { durations, look };
}

test('[TAKE16] the file of somebody who never comes back ends with their last media', async () => {
  const { durations, look } = watchDurations();
  const outcome = await simulate({
    seconds: 40,
    eachSecond: (second, running) => {
      look(running);
      if (second === 10) running.sender.stop();
    },
  });
  const { durationMs, gaps, losses } = outcome.entry;
  expect(Math.abs(durationMs - 10_000)).toBeLessThan(NEAR_MS);
  expect([gaps, losses]).toEqual([[], []]);
  expect((await picturesOf(outcome)).filter(({ content }) => content === 'slate')).toEqual([]);
  // Nor was it longer meanwhile: a crash would have left no more.
  expect(Math.max(...durations.map((ms) => ms ?? 0))).toBeLessThanOrEqual(durationMs);
});

test('[TAKE16] whoever is muted with the camera off was there until their connection was lost', async () => {
  const outcome = await simulate({
    seconds: 40,
    eachSecond: (second, { clock, rig, sender }) => {
      if (second === 5) {
        for (const kind of ['audio', 'video'] as const) sender.pause(kind, true);
        for (const source of ['microphone', 'camera'] as const)
          rig.person.setPaused(source, true, clock.nowMs());
      }
      if (second === 12) rig.awaySinceMs = clock.nowMs();
    },
  });
  const { cameraOff, durationMs, muted } = outcome.entry;
  expect(Math.abs(durationMs - 12_000)).toBeLessThan(NEAR_MS);
  for (const [interval] of [muted, cameraOff])
    expect(Math.abs((interval?.toMs ?? 0) - 12_000)).toBeLessThan(NEAR_MS);
});

test('[TAKE16] for whoever comes back the file goes on: silence and slate are made up for', async () => {
  const dark = { fromMs: 10_000, toMs: 40_000 };
  const loses = (nowMs: number) => nowMs - startMs >= dark.fromMs && nowMs - startMs < dark.toMs;
  const { durations, look } = watchDurations();
  const outcome = await simulate({
    seconds: 45,
    uplink: { ...CALM, loses },
    eachSecond: (_, running) => look(running),
  });
  expect(Math.abs((durations[39] ?? 0) - dark.fromMs)).toBeLessThan(NEAR_MS);
  expect(await longestStepMs(outcome)).toBeLessThan((AAC_FRAME_SAMPLES * 1000) / SAMPLE_RATE + 1);
  const pictures = await picturesOf(outcome);
  expect(pictures.filter(({ content }) => content === 'garbage')).toEqual([]);
  const slates = pictures.filter(({ content }) => content === 'slate').map(({ atMs }) => atMs - startMs);
  const due = [0, 1, 2, 3, 4].map((index) => dark.fromMs + STALL_SLATE_MS * (index + 1));
  expect(slates).toHaveLength(due.length);
  for (const [index, ms] of slates.entries()) expect(Math.abs(ms - (due[index] ?? 0))).toBeLessThan(NEAR_MS);
  for (const { atMs, content } of pictures) {
    if (typeof content === 'number')
      expect(Math.abs(atMs - outcome.sender.pictureMs(content))).toBeLessThan(60);
  }
  for (const kind of ['audio', 'video'] as const) {
    const [gap, ...others] = outcome.entry.gaps.filter(
      (one) => one.kind === kind && one.toMs - one.fromMs > 1000,
    );
    expect(others).toEqual([]);
    expect(Math.abs((gap?.fromMs ?? 0) - dark.fromMs)).toBeLessThan(NEAR_MS);
    expect(Math.abs((gap?.toMs ?? 0) - dark.toMs)).toBeLessThan(1500);
  }
});

test('[TAKE16] one who stays without sending anything is shown so after a while', async () => {
  const { durations, look } = watchDurations();
  const outcome = await simulate({
    seconds: 70,
    eachSecond: (second, running) => {
      look(running);
      if (second === 5) running.sender.stop();
    },
  });
  const heldS = 5 + HOLD_MS / 1000;
  expect(durations[heldS - 1] ?? 0).toBeLessThan(5000 + NEAR_MS);
  expect(durations[heldS + 2] ?? 0).toBeGreaterThan((heldS - 6) * 1000);
  expect(outcome.entry.durationMs).toBeGreaterThan(72_000);
  expect(await longestStepMs(outcome)).toBeLessThan((AAC_FRAME_SAMPLES * 1000) / SAMPLE_RATE + 1);
});
