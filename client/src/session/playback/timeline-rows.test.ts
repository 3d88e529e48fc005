import { expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { boxesPath, coveredMs, timelineMarks, timelineRows } from './timeline-rows.ts';

const nothing = { muted: [], cameraOff: [], gaps: [], losses: [] };
const manifest = {
  startedAtMs: 10_000,
  people: [
    { connectionId: 'ben', name: 'Ben', joinedAtMs: 12_000, leftAtMs: 14_000 },
    { connectionId: 'ada', name: 'Ada', joinedAtMs: 4000 },
  ],
  files: [
    {
      ...nothing,
      connectionId: 'ada',
      personName: 'Ada',
      source: 'camera',
      state: 'complete',
      startOffsetMs: 100,
      durationMs: 8000,
      muted: [{ fromMs: 1000, toMs: 2000 }],
      losses: [{ fromMs: 3000, toMs: 3000, kind: 'video', packets: 7, hop: 'uplink' }],
    },
    {
      ...nothing,
      connectionId: 'ada',
      personName: 'Ada',
      source: 'screen',
      state: 'writing',
      startOffsetMs: 4000,
      durationMs: 0,
      muted: [{ fromMs: 4000, toMs: 9000 }],
    },
  ],
  speakers: [
    { atMs: 11_000, connectionIds: ['ada'] },
    { atMs: 12_000, connectionIds: [] },
  ],
} as unknown as Manifest;

test('everybody has a row, in the order in which they came, within the recording', () => {
  const rows = timelineRows(manifest, 9000);
  expect(rows.map(({ name, there }) => [name, there])).toEqual([
    ['Ada', [{ fromMs: 0, toMs: 9000 }]],
    ['Ben', [{ fromMs: 2000, toMs: 4000 }]],
  ]);
  expect(rows[0]).toMatchObject({
    recorded: [{ fromMs: 100, toMs: 8100 }],
    screen: [{ fromMs: 4000, toMs: 9000 }],
    spoke: [{ fromMs: 1000, toMs: 2000 }],
    muted: [{ fromMs: 1000, toMs: 2000 }],
    lostPackets: 7,
  });
  expect(rows[1]?.recorded).toEqual([]);
});

test('time is counted once where intervals overlap', () => {
  const intervals = [
    { fromMs: 5, toMs: 10 },
    { fromMs: 0, toMs: 6 },
    { fromMs: 20, toMs: 21 },
  ];
  expect(coveredMs(intervals)).toBe(11);
});

test('what is too short to be seen is drawn wider', () => {
  const path = boxesPath([{ fromMs: 10, toMs: 10 }], { top: 1, height: 2, leastMs: 5 });
  expect(path).toBe('M10 1h5v2h-5z');
});

test.each([
  [12_000, [0, 5000, 10_000]],
  [60_000, [0, 15_000, 30_000, 45_000, 60_000]],
  [3_600_000, [0, 900_000, 1_800_000, 2_700_000, 3_600_000]],
])('marks are round and few: %d ms', (durationMs, marks) => {
  expect(timelineMarks(durationMs, 4)).toEqual(marks);
});
