import { expect, test } from 'vitest';
import type { Consent } from '#protocol/people.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { hasBytesOnDisk, progressOf } from './progress.ts';

const file = (
  state: FileProgress['state'],
  bytes = 10,
  changes: Partial<FileProgress> = {},
): FileProgress => ({
  connectionId: 'pat',
  source: 'camera',
  state,
  bytes,
  durationMs: bytes * 2,
  ...changes,
});

const cases: [Consent | undefined, FileProgress[], string, number, number][] = [
  [undefined, [], 'asked', 0, 0],
  ['pending', [], 'asked', 0, 0],
  ['declined', [], 'declined', 0, 0],
  ['withdrawn', [file('recording')], 'declined', 10, 20],
  ['accepted', [], 'waiting', 0, 0],
  ['accepted', [file('recording', 10)], 'recording', 10, 20],
  ['accepted', [file('recording', 10), file('recording', 5, { source: 'screen' })], 'recording', 15, 20],
  ['accepted', [file('recording'), file('waiting', 0, { source: 'screen' })], 'waiting', 10, 20],
  ['accepted', [file('stalled'), file('waiting', 0)], 'stalled', 10, 20],
  ['accepted', [file('failed', 1), file('stalled', 3)], 'failed', 4, 6],
  ['accepted', [file('recording', 7, { connectionId: 'quinn' })], 'waiting', 0, 0],
];

test.each(cases)('consent %s with files %j is %s', (consent, files, state, bytes, durationMs) => {
  expect(progressOf('pat', consent, files)).toEqual({ connectionId: 'pat', state, bytes, durationMs });
});

test('what is not recorded of one of their files is told, unless nothing of them can be', () => {
  const limited = { problem: 'transcodes-full', transcodesAtMost: 2 } as const;
  const files = [file('recording'), file('recording', 5, { source: 'screen', ...limited })];
  expect(progressOf('pat', 'accepted', files)).toMatchObject({ state: 'recording', ...limited });
  const withOther = progressOf('pat', 'accepted', files, 'media-failed');
  expect(withOther).toMatchObject({ problem: 'media-failed' });
  expect(withOther).not.toHaveProperty('transcodesAtMost');
  expect(progressOf('pat', 'withdrawn', files)).not.toHaveProperty('problem');
});

test('the light needs bytes on disk of a file that is being recorded', () => {
  expect(hasBytesOnDisk([])).toBe(false);
  expect(
    hasBytesOnDisk([file('recording', 0), file('waiting', 9), file('failed', 9), file('stalled', 9)]),
  ).toBe(false);
  expect(hasBytesOnDisk([file('waiting', 0), file('recording', 1)])).toBe(true);
});
