import { expect, test } from 'vitest';
import { sampleFile } from '../testing/sample.ts';
import { thumbnailAtMs } from './thumbnail-time.ts';

test.each([
  ['always on', [], 5000],
  ['off at first', [[1000, 9000]], 9000],
  ['off in the middle', [[3000, 5000]], 7000],
  [
    'off twice, told in any order',
    [
      [9000, 10_000],
      [1000, 3000],
    ],
    5000,
  ],
  ['never on', [[1000, 11_000]], 5000],
] as [string, [number, number][], number][])('%s', (_what, off, expected) => {
  const cameraOff = off.map(([fromMs, toMs]) => ({ fromMs, toMs }));
  expect(thumbnailAtMs(sampleFile('a', { startOffsetMs: 1000, durationMs: 10_000, cameraOff }))).toBe(
    expected,
  );
});
