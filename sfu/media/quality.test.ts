import { expect, test } from 'vitest';
import { qualityOf } from './quality.ts';

test.each<[string, number[], boolean, string]>([
  ['nothing flows', [], true, 'good'],
  ['everything is fine', [10, 9, 8], true, 'good'],
  ['the worst counts', [10, 7], true, 'fair'],
  ['badly', [10, 4], true, 'poor'],
  ['just begun, or nothing to send', [0, 10], true, 'good'],
  ['a transport is not reached', [10], false, 'poor'],
])('%s', (_, scores, isReachable, expected) => {
  expect(qualityOf(scores, isReachable)).toBe(expected);
});
