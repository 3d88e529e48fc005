import { z } from 'zod';
import { type RecordingSort, type RecordingSummary, recordingSortSchema } from '#protocol/http/recordings.ts';
import type { RecordingsQuery } from '../ports/archive.ts';

const MINUTE_MS = 60_000;
/** The longest search that the archive takes. */
export const MAX_SEARCH_LENGTH = 200;

/** Lengths to choose from; each begins where the one before ends. */
export const lengths = {
  'under-5': { maxDurationMs: 5 * MINUTE_MS - 1 },
  '5-to-30': { minDurationMs: 5 * MINUTE_MS, maxDurationMs: 30 * MINUTE_MS - 1 },
  '30-to-60': { minDurationMs: 30 * MINUTE_MS, maxDurationMs: 60 * MINUTE_MS - 1 },
  'over-60': { minDurationMs: 60 * MINUTE_MS },
} as const;
export type Length = keyof typeof lengths;

/** What a list of recordings shows, and in which order. */
export interface ListFilters {
  /** Words of the meeting's name, people's names and the chat; empty: all. */
  search: string;
  /** Days (`2026-11-22`) in the person's own time zone, both included. */
  from?: string | undefined;
  to?: string | undefined;
  length?: Length | undefined;
  state?: RecordingSummary['state'] | undefined;
  sort: RecordingSort;
}

export const ALL_RECORDINGS: ListFilters = { search: '', sort: 'newest' };

const known = {
  search: z.string().max(MAX_SEARCH_LENGTH),
  from: z.iso.date(),
  to: z.iso.date(),
  length: z.enum(Object.keys(lengths) as [Length, ...Length[]]),
  state: z.enum(['recording', 'complete', 'interrupted']),
  sort: recordingSortSchema,
};

/** The filters that an address names; what is not understood counts as absent. */
export function filtersFrom(address: URLSearchParams): ListFilters {
  const read = <T>(key: string, schema: z.ZodType<T>): T | undefined =>
    schema.safeParse(address.get(key) ?? undefined).data;
  return {
    search: read('search', known.search) ?? '',
    from: read('from', known.from),
    to: read('to', known.to),
    length: read('length', known.length),
    state: read('state', known.state),
    sort: read('sort', known.sort) ?? 'newest',
  };
}

/** The same as part of an address, without what is as usual. */
export function addressOf({ sort, ...filters }: ListFilters): URLSearchParams {
  const named = Object.entries(filters).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams([...named, ...(sort === 'newest' ? [] : [['sort', sort]])] as [
    string,
    string,
  ][]);
}

/** How many filters, besides the search, keep something out. */
export function countFilters({ from, length, state, to }: ListFilters): number {
  return [from, to, length, state].filter((value) => value !== undefined).length;
}

/** What the archive is to be asked for. Days begin at midnight of the time zone that this runs in. */
export function queryOf({ from, length, search, sort, state, to }: ListFilters): RecordingsQuery {
  return {
    ...(search.trim() !== '' && { query: search.trim() }),
    ...(from !== undefined && { from: midnight(from, 0) }),
    ...(to !== undefined && { to: midnight(to, 1) }),
    ...(length && lengths[length]),
    ...(state && { state }),
    sort,
  };
}

/** @param daysLater counted by the calendar, since a day may have 23 or 25 hours */
function midnight(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + daysLater).toISOString();
}
