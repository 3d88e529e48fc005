import { expect, test } from 'vitest';
import { lastDays, scaleTop } from './use-per-day.ts';

test('days without a recording stand between those with one', () => {
  const days = [
    { day: '2026-02-26', bytes: 5, recordings: 1 },
    { day: '2026-03-01', bytes: 7, recordings: 2 },
  ];
  expect(lastDays(days, Date.parse('2026-03-01T23:59:59Z'), 3)).toEqual([
    { day: '2026-02-27', bytes: 0, recordings: 0 },
    { day: '2026-02-28', bytes: 0, recordings: 0 },
    { day: '2026-03-01', bytes: 7, recordings: 2 },
  ]);
});

test.each([
  [0, 1],
  [1, 1],
  [1.5, 2],
  [3, 5],
  [7e9, 1e10],
  [2e9, 2e9],
  [999, 1000],
])('a scale for %d ends at %d', (value, top) => {
  expect(scaleTop(value)).toBe(top);
});
