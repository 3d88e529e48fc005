import { expect, test } from 'vitest';
import { ManualClock } from '#service/manual-clock.ts';
import { RateLimiter } from './rate-limiter.ts';

function passing(limiter: RateLimiter, attempts: number): number {
  return Array.from({ length: attempts }, () => limiter.take()).filter(Boolean).length;
}

test('a burst passes, then as many as time brings, and never more than a burst', () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter(clock, 10, 4);
  expect(passing(limiter, 20)).toBe(10);
  expect(limiter.untilNextMs).toBe(250);
  clock.advance(249);
  expect(passing(limiter, 5)).toBe(0);
  clock.advance(1);
  expect(passing(limiter, 5)).toBe(1);
  clock.advance(1000);
  expect(passing(limiter, 20)).toBe(4);
  clock.advance(60_000);
  expect(passing(limiter, 20)).toBe(10);
});
