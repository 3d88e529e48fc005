import { expect, inject, test } from 'vitest';
import { MOST_SLOWNESS, REFERENCE_MS, slownessOf } from './calibration.ts';
import { scaled } from './slowness.ts';

test.each([
  ['an ordinary machine', [1, 1, 1], 1],
  ['a quick one is held to no less', [0.3, 0.3, 0.3], 1],
  ['one half as fast', [2, 2, 2], 2],
  ['one round that was disturbed counts for nothing', [1.5, 9, 1.4], 1.5],
  ['what is hopeless', [99, 99, 99], MOST_SLOWNESS],
])('calibration: %s', (_, rounds, slowness) => {
  expect(slownessOf(rounds.map((times) => times * REFERENCE_MS))).toBe(slowness);
});

test('a bound is scaled by what was measured when the tests began', () => {
  expect(inject('slowness')).toBeGreaterThanOrEqual(1);
  expect(scaled(100)).toBe(100 * inject('slowness'));
});
