import { expect, test } from 'vitest';
import { forecast } from './storage-use.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const day = (ago: number, bytes: number) => ({
  day: new Date(NOW_MS - ago * DAY_MS).toISOString().slice(0, 10),
  bytes,
});

test('an archive with nothing new is never full', () => {
  expect(forecast([], 100, NOW_MS)).toEqual({ bytesPerDay: 0 });
  expect(forecast([day(40, 1000)], 100, NOW_MS)).toEqual({ bytesPerDay: 0 });
});

test('the pace is that of the last thirty days, or of the days that there are', () => {
  const young = forecast([day(3, 300), day(0, 50)], 1000, NOW_MS);
  expect(young.bytesPerDay).toBe(100);
  expect(young.fullAtMs).toBe(NOW_MS + 10 * DAY_MS);
  expect(forecast([day(50, 1e9), day(29, 295)], 1000, NOW_MS).bytesPerDay).toBe(10);
  expect(forecast([day(0, 100)], 1000, NOW_MS).bytesPerDay).toBe(100);
});

test('a full disk is full now, and one that lasts beyond ten years has no date', () => {
  expect(forecast([day(1, 150)], -5, NOW_MS).fullAtMs).toBe(NOW_MS);
  expect(forecast([day(1, 1)], 1e12, NOW_MS).fullAtMs).toBeUndefined();
});
