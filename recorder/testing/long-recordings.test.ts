import { expect, test } from 'vitest';
import { picturesOf } from './captured-pictures.ts';
import { burstErrors } from './captured-sound.ts';
import { NUMBERS } from './coded-camera.ts';
import { simulate } from './simulation.ts';

function p95(values: readonly number[]): number {
  const sorted = values.map(Math.abs).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}

test('[CLOCK10] over 20 minutes at 200 ppm, with pictures 300 ms later than sound on the uplink, both lie where they were captured', async () => {
  const seconds = 1200;
  const outcome = await simulate({
    seconds,
    uplink: { audio: { delayMs: 20, jitterMs: 15 }, video: { delayMs: 320, jitterMs: 15 } },
    sender: { driftPpm: 200 },
  });
  const pictures = await picturesOf(outcome);
  const video = pictures.flatMap(({ atMs, content }) =>
    typeof content === 'number' ? [atMs - outcome.sender.pictureMs(content)] : [],
  );
  const audio = burstErrors(
    outcome,
    outcome.sender,
    Array.from({ length: 118 }, (_, index) => 10 + index * 10),
  );
  console.info(
    `sync over 20 minutes: pictures off by ${p95(video).toFixed(1)} ms (p95), sound by ${p95(audio).toFixed(1)} ms`,
  );
  expect(video.length).toBeGreaterThan(seconds * 30 - 60);
  expect(p95(video)).toBeLessThan(10);
  expect(p95(audio)).toBeLessThan(10);
}, 120_000);

test('[FLV5] a day and an hour, across every wrap of timestamps and sequence numbers, decodes to its end in its place', async () => {
  const seconds = 25 * 3600;
  const framesPerSecond = 1.25;
  const outcome = await simulate({ seconds, sender: { framesPerSecond, driftPpm: 100, quiet: true } });
  const pictures = await picturesOf(outcome);
  const errors = pictures.map(({ atMs, content }, number) => {
    expect(content).toBe(number % NUMBERS);
    return atMs - outcome.sender.pictureMs(number);
  });
  console.info(`${pictures.length} pictures of 25 hours are off by ${p95(errors).toFixed(1)} ms (p95)`);
  expect(pictures.length).toBeGreaterThanOrEqual(Math.floor((seconds * framesPerSecond) / 1.0001));
  expect(p95(errors)).toBeLessThan(10);
  // Up to its last packet.
  expect(outcome.entry.durationMs).toBeGreaterThan((seconds - 1) * 1000);
  expect(outcome.entry.gaps.filter(({ fromMs }) => fromMs < (seconds - 1) * 1000)).toEqual([]);
}, 120_000);
