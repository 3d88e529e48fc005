import { expect, test } from 'vitest';
import { HOLD_MS, presentUntilMs } from './person-streams.ts';

const stream = (heardMs: number, isDue: boolean) => ({
  heardMs,
  waitingSinceMs: isDue ? heardMs : undefined,
});

test.each([
  ['whoever owes nothing is there', [stream(10, false)], undefined, 9000],
  ['unless the SFU says otherwise', [stream(10, false)], 4000, 4000],
  ['whoever sends is there, whatever became of their connection', [stream(8990, true)], 4000, 8990],
  ['what is due counts from the last of anything', [stream(10, true), stream(7000, false)], undefined, 7000],
  ['nothing of theirs is known', [], undefined, 9000],
  ['it was lost only now, by another clock', [], 9005, 9000],
])('[TAKE16] %s', (_, streams, awayMs, untilMs) => {
  expect(presentUntilMs(streams, 9000, awayMs)).toBe(untilMs);
});

test('[TAKE16] nobody is held for ever', () => {
  const streams = [stream(1000, true)];
  expect(presentUntilMs(streams, 999 + HOLD_MS, undefined)).toBe(1000);
  expect(presentUntilMs(streams, 1000 + HOLD_MS, undefined)).toBe(1000 + HOLD_MS);
});
