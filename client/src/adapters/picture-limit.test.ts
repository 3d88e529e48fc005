import { expect, test } from 'vitest';
import { MAX_SCREEN, shrinkOf } from './picture-limit.ts';

const macroblocks = (width: number, height: number) => Math.ceil(width / 16) * Math.ceil(height / 16);

test.each([
  ['as large as may be', MAX_SCREEN],
  ['held upright', { width: 2304, height: 4096 }],
  ['4K', { width: 3840, height: 2160 }],
])('a picture that can be taken stays as it is: %s', (_what, size) => {
  expect(shrinkOf(size)).toBe(1);
});

test.each([
  ['5K', 5120, 2880],
  ['6K', 6016, 3384],
  ['two screens side by side', 7680, 2160],
  ['one row too many', 4096, 2305],
  ['an upright 5K', 2880, 5120],
  ['the largest window', 16_384, 16_384],
])('a larger one is made as small as it must be, and not much smaller: %s', (_what, width, height) => {
  const scale = shrinkOf({ width, height });
  const made = macroblocks(width / scale, height / scale);
  expect(made).toBeLessThanOrEqual(36_864);
  expect(made).toBeGreaterThan(36_864 * 0.96);
});
