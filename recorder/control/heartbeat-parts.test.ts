import { expect, test } from 'vitest';
import { errorCodes } from '#protocol/errors.ts';
import { type Heartbeat, heartbeatSchema } from '#protocol/recorder.ts';
import type { FileProgress } from '#protocol/recording-state.ts';
import { MAX_MESSAGE_BYTES } from '#protocol/reply.ts';
import { heartbeatParts } from './heartbeat-parts.ts';

const longestCode = errorCodes.reduce((a, b) => (b.length > a.length ? b : a));

/** As long as a file's progress can be. */
const file = (index: number): FileProgress => ({
  connectionId: `${index}`.padStart(64, 'x'),
  source: 'camera',
  state: 'recording',
  bytes: Number.MAX_SAFE_INTEGER,
  durationMs: 123_456_789.123_456_79,
  problem: longestCode,
  transcodesAtMost: 64,
});

const recording = (index: number, files: number): Heartbeat['recordings'][number] => ({
  recordingId: `20261122T102030123Z-${`${index}`.padStart(8, 'a')}`,
  lastFact: Number.MAX_SAFE_INTEGER,
  files: Array.from({ length: files }, (_, at) => file(at)),
});

test.each([
  ['nothing', []],
  ['one meeting of two thousand files', [recording(0, 2000)]],
  ['a thousand recordings of two', Array.from({ length: 1000 }, (_, at) => recording(at, 2))],
  ['many sizes', [0, 399, 1, 0, 400, 401, 3, 1200].map((files, at) => recording(at, files))],
])('a heartbeat is taken by the SFU whatever is recorded: %s', (_what, recordings) => {
  const parts = heartbeatParts({ recordings });
  expect(parts.length).toBeGreaterThan(0);
  // Where it ends: what it does not name is not recorded.
  expect(parts.map(({ more }) => more ?? false)).toEqual(parts.map((_, at) => at < parts.length - 1));
  const whole = new Map<string, FileProgress[]>();
  const open = new Set<string>();
  for (const part of parts) {
    expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(MAX_MESSAGE_BYTES / 2);
    for (const { files, more, recordingId } of heartbeatSchema.parse(part).recordings) {
      expect(whole.has(recordingId)).toBe(open.has(recordingId));
      whole.set(recordingId, [...(whole.get(recordingId) ?? []), ...files]);
      if (more) open.add(recordingId);
      else open.delete(recordingId);
    }
  }
  expect([...open]).toEqual([]);
  expect([...whole]).toEqual(recordings.map(({ files, recordingId }) => [recordingId, files]));
});
