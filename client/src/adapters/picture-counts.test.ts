import { expect, test } from 'vitest';
import { pictureCounts } from './picture-counts.ts';

type Entries = Parameters<typeof pictureCounts>[0] extends { values(): Iterable<infer E> } ? E[] : never;

/** As a browser tells them of one sender. */
const told = [
  { type: 'codec', id: 'C', timestamp: 0 },
  { type: 'media-source', id: 'S', timestamp: 0, kind: 'video', frames: 300 },
  { type: 'outbound-rtp', id: 'O1', timestamp: 0, kind: 'video', framesEncoded: 100 },
  { type: 'outbound-rtp', id: 'O2', timestamp: 0, kind: 'video', framesEncoded: 20 },
  { type: 'remote-inbound-rtp', id: 'R', timestamp: 0, kind: 'video', packetsReceived: 7 },
  { type: 'transport', id: 'T', timestamp: 0, packetsReceived: 40 },
  { type: 'candidate-pair', id: 'P', timestamp: 0, responsesReceived: 5 },
] as Entries;

const countsOf = (entries: Entries) => pictureCounts({ values: () => entries });

test('all sizes are summed, and what comes back from the server', () => {
  expect(countsOf(told)).toEqual({ given: 300, encoded: 120, heard: 45 });
});

test.each(['media-source', 'outbound-rtp'])('without %s nothing is said', (missing) => {
  expect(countsOf(told.filter(({ type }) => type !== missing))).toBeUndefined();
});

test('one word from the server is enough', () => {
  expect(countsOf(told.filter(({ type }) => type !== 'transport'))?.heard).toBe(5);
  const silent = told.filter(({ type }) => type !== 'transport' && type !== 'candidate-pair');
  expect(countsOf(silent)).toBeUndefined();
});
