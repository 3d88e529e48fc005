import { expect, test } from 'vitest';
import { listRecordingsQuerySchema } from '#protocol/http/recordings.ts';
import { ALL_RECORDINGS, addressOf, countFilters, filtersFrom, lengths, queryOf } from './list-filters.ts';

const filters = {
  search: '周会 Ada',
  from: '2026-03-29',
  to: '2026-03-29',
  length: '5-to-30',
  state: 'complete',
  sort: 'longest',
} as const;

test('filters survive the way through an address', () => {
  expect(filtersFrom(addressOf(filters))).toEqual(filters);
  expect(addressOf(ALL_RECORDINGS).size).toBe(0);
  expect(filtersFrom(new URLSearchParams())).toEqual(ALL_RECORDINGS);
});

test('an address that nobody made here shows everything', () => {
  const address = new URLSearchParams(
    `from=yesterday&to=2026-02-30&length=toString&state=gone&sort=best&search=${'x'.repeat(300)}`,
  );
  expect(filtersFrom(address)).toEqual(ALL_RECORDINGS);
});

test('the archive is asked for whole days of this time zone', () => {
  const query = queryOf(filters);
  expect(listRecordingsQuerySchema.parse(query)).toEqual(query);
  expect(query).toMatchObject({ query: '周会 Ada', state: 'complete', sort: 'longest' });
  expect(new Date(query.from ?? '').toString()).toContain('Mar 29 2026 00:00:00');
  expect(new Date(query.to ?? '').toString()).toContain('Mar 30 2026 00:00:00');
});

test('lengths follow each other without a gap', () => {
  const all: { minDurationMs?: number; maxDurationMs?: number }[] = Object.values(lengths);
  for (const [index, { maxDurationMs }] of all.entries()) {
    const next = all[index + 1];
    expect(maxDurationMs === undefined ? undefined : maxDurationMs + 1).toBe(next?.minDurationMs);
  }
});

test('the search and the order are no filters', () => {
  expect(countFilters(filters)).toBe(4);
  expect(countFilters({ search: 'Ada', sort: 'oldest' })).toBe(0);
});
