import { expect, test } from 'vitest';
import { LONGEST_DELAY_MS, RESTART_MEMORY_MS, RestartDelay } from './restart-delay.ts';

test('[AUD12] the first restart is at once, those that follow wait twice as long each, up to a bound', () => {
  const delay = new RestartDelay();
  let nowMs = 1000;
  const waited = Array.from({ length: 9 }, () => {
    const ms = delay.next(nowMs);
    nowMs += ms + 100;
    return ms;
  });
  expect(waited).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, LONGEST_DELAY_MS, LONGEST_DELAY_MS]);
});

test('[AUD12] a worker that has lived for a while is started again at once', () => {
  const delay = new RestartDelay();
  for (let death = 0; death < 5; death += 1) delay.next(0);
  expect(delay.next(LONGEST_DELAY_MS + RESTART_MEMORY_MS + 1)).toBe(0);
});
