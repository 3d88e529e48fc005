import { expect, test } from 'vitest';
import { LeakyBucket } from './leaky-bucket.ts';

test('so much at once, then so much a second; what is refused does not count', () => {
  const bucket = new LeakyBucket({ perS: 10, burst: 100 });
  expect(bucket.take(100, 5000)).toBe(true);
  expect(bucket.take(1, 5000)).toBe(false);
  expect(bucket.take(10, 5500)).toBe(false);
  expect(bucket.take(10, 6000)).toBe(true);
  expect(bucket.take(1, 6000)).toBe(false);
  // A clock that is set back gives nothing.
  expect(bucket.take(1, 1000)).toBe(false);
  expect(bucket.take(100, 60_000)).toBe(true);
});
