import { expect, test } from 'vitest';
import { RateLimiter } from './rate-limiter.ts';
import { ManualClock } from './testing/manual-clock.ts';

function passing(limiter: RateLimiter, attempts: number, key = 'a'): number {
  return Array.from({ length: attempts }, () => limiter.waitMs(key)).filter((waitMs) => waitMs === 0).length;
}

test('a burst passes, then as many as time brings, and never more than a burst', () => {
  const clock = new ManualClock();
  const limiter = new RateLimiter(clock, { burst: 10, perSecond: 4 }, 100);
  expect(passing(limiter, 20)).toBe(10);
  expect(limiter.waitMs('a')).toBe(250);
  clock.advance(249);
  expect(passing(limiter, 5)).toBe(0);
  clock.advance(1);
  expect(passing(limiter, 5)).toBe(1);
  clock.advance(1000);
  expect(passing(limiter, 20)).toBe(4);
  clock.advance(60_000);
  expect(passing(limiter, 20)).toBe(10);
});

test('each has its own, and who was heard longest ago is forgotten first', () => {
  const limiter = new RateLimiter(new ManualClock(), { burst: 1, perSecond: 1 }, 2);
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map((key) => passing(limiter, 1, key))).toEqual([1, 1, 0, 1, 0, 1]);
  expect(limiter.refused).toBe(2);
});
