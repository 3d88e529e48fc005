import { expect, test } from 'vitest';
import { topLayer } from './top-layer.ts';

test.each([
  ['all flow', [10, 9, 4], 2],
  ['a small camera has no third', [10, 10, 0], 1],
  ['the last one alone', [0, 0, 7], 2],
  ['nothing flows', [0, 0, 0], -1],
])('%s', (_what, scores, expected) => {
  expect(topLayer(scores)).toBe(expected);
});
