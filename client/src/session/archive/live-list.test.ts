import { expect, test } from 'vitest';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import { liveKey, withLive } from './live-list.ts';

const recording = (recordingId: string, state: RecordingSummary['state'], bytes = 1): RecordingSummary => ({
  recordingId,
  meetingId: 'weekly',
  meetingName: 'Weekly',
  state,
  startedAtMs: 0,
  durationMs: 0,
  bytes,
  people: [],
  files: 1,
});

test('what is live is shown once, on top, as it is now', () => {
  const listed = [recording('b', 'recording'), recording('a', 'complete')];
  const live = [recording('c', 'recording', 5), recording('b', 'recording', 9)];
  expect(withLive(listed, live).map(({ recordingId, bytes }) => [recordingId, bytes])).toEqual([
    ['c', 5],
    ['b', 9],
    ['a', 1],
  ]);
});

test('what has just ended does not vanish meanwhile', () => {
  expect(withLive([recording('b', 'recording')], [])).toHaveLength(1);
});

test('a beginning and an end change the key, growth and order do not', () => {
  const two = [recording('a', 'recording'), recording('b', 'recording'), recording('c', 'complete')];
  expect(liveKey(two)).toBe(liveKey([recording('b', 'recording', 7), recording('a', 'recording')]));
  expect(liveKey(two)).not.toBe(liveKey([recording('a', 'recording'), recording('b', 'complete')]));
});
