import { expect, test } from 'vitest';
import { AwakeClock, LOOK_MS, MOST_AT_ONCE_MS } from './awake-clock.ts';
import { ManualClock } from './testing/manual-clock.ts';

test('[STALL2] it runs with the clock, and stands still while the process does', () => {
  const clock = new ManualClock(0);
  const awake = new AwakeClock(clock);
  clock.advance(1000);
  expect(awake.nowMs()).toBe(1000);
  clock.stall(4000);
  expect(awake.nowMs()).toBe(1000 + MOST_AT_ONCE_MS);
  clock.advance(LOOK_MS);
  expect(awake.nowMs()).toBe(1000 + MOST_AT_ONCE_MS + LOOK_MS);
  clock.advance(1000);
  expect(awake.nowMs()).toBe(2000 + MOST_AT_ONCE_MS + LOOK_MS);
  awake.close();
  expect(clock.pending).toBe(0);
});

test('[STALL2] who is waited for has the rest of the time after a stall', () => {
  const clock = new ManualClock(0);
  const awake = new AwakeClock(clock);
  const done: number[] = [];
  awake.after(1500, () => done.push(clock.nowMs()));
  const cancel = awake.after(1500, () => done.push(Number.NaN));
  clock.advance(1000);
  clock.stall(4000);
  clock.advance(300);
  expect(done).toEqual([]);
  cancel();
  clock.advance(700);
  expect(done).toHaveLength(1);
  expect(done[0]).toBeGreaterThanOrEqual(4000 + 1500 - MOST_AT_ONCE_MS);
  awake.close();
  expect(clock.pending).toBe(0);
});
