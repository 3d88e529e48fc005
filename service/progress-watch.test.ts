import { expect, test } from 'vitest';
import type { Activity } from './process-sample.ts';
import { HANG_MS, MAX_HANG_MS, Patience, ProgressWatch } from './progress-watch.ts';

const LOOK_MS = 250;
const MINUTE_MS = 60_000;

/** When a worker that is looked at four times a second is given up, ms; undefined: not within a minute. */
function givenUpAfter(options: {
  activity: Activity | 'unknown';
  /** Processor time that it gets of each second. */
  cpuMsPerSecond?: number;
  stepsPerSecond?: number;
  patienceMs?: number;
}): number | undefined {
  const { activity, cpuMsPerSecond = 0, patienceMs = HANG_MS, stepsPerSecond = 0 } = options;
  const watch = new ProgressWatch();
  for (let ms = 0; ms <= MINUTE_MS; ms += LOOK_MS) {
    const sample = activity === 'unknown' ? undefined : { activity, cpuMs: (ms * cpuMsPerSecond) / 1000 };
    if (watch.hangs(Math.floor((ms * stepsPerSecond) / 1000), sample, LOOK_MS, patienceMs)) return ms;
  }
  return undefined;
}

test.each([
  ['starved: it would run, and has no turn', { activity: 'runs' }, undefined],
  ['starved, with a twentieth of a core', { activity: 'runs', cpuMsPerSecond: 50 }, 20 * HANG_MS],
  ['swapped out', { activity: 'waits' }, undefined],
  ['stopped', { activity: 'stopped' }, HANG_MS],
  ['stopped, after others that hung', { activity: 'stopped', patienceMs: MAX_HANG_MS }, HANG_MS],
  ['asleep', { activity: 'sleeps' }, HANG_MS],
  ['asleep, after others that hung', { activity: 'sleeps', patienceMs: 2 * HANG_MS }, 2 * HANG_MS],
  ['computing without an end', { activity: 'runs', cpuMsPerSecond: 1000 }, HANG_MS],
  [
    'computing much, and getting on',
    { activity: 'runs', cpuMsPerSecond: 1000, stepsPerSecond: 1 },
    undefined,
  ],
  ['on a system that does not tell', { activity: 'unknown' }, HANG_MS],
] as const)('[AUD15] a worker that is %s', (_, options, expected) => {
  expect(givenUpAfter(options)).toBe(expected);
});

test('[AUD15] after one that hung the next has twice as long, until that is long ago', () => {
  const patience = new Patience();
  expect(patience.at(0)).toBe(HANG_MS);
  const given: number[] = [];
  for (let ms = 1000; ms <= 6000; ms += 1000) {
    patience.lost(ms);
    given.push(patience.at(ms));
  }
  expect(given).toEqual([4000, 8000, MAX_HANG_MS, MAX_HANG_MS, MAX_HANG_MS, MAX_HANG_MS]);
  expect(patience.at(6000 + MINUTE_MS)).toBe(HANG_MS);
});
