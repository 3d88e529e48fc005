import { expect, test } from 'vitest';
import { formatBytes, formatDuration } from './format.ts';
import { loadText } from './languages.ts';

test.each([
  [-5, '0:00'],
  [0, '0:00'],
  [59_999, '0:59'],
  [60_000, '1:00'],
  [3_599_999, '59:59'],
  [3_600_000, '1:00:00'],
  [90_061_000, '25:01:01'],
])('%d ms is %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

test.each([
  [0, '0 byte'],
  [999, '999 byte'],
  [1000, '1 kB'],
  [999_499, '999 kB'],
  [1_540_000, '1.5 MB'],
  [12_300_000_000, '12.3 GB'],
  [5e15, '5,000 TB'],
])('%d bytes are %s', (bytes, words) => {
  expect(formatBytes(bytes, 'en')).toBe(words);
});

test.each([
  ['en', 'Meeting, 29 November, 21:12'],
  ['zh', '会议，11月29日 21:12'],
] as const)('a meeting that nobody named is called by its day and time: %s', async (language, words) => {
  const { home } = await loadText(language);
  expect(home.untitled(new Date(2026, 10, 29, 21, 12).getTime())).toBe(words);
});
