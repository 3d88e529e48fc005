import { expect, test } from 'vitest';
import { en } from '#client/text/en/en.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import { qualityInWords } from './quality-words.ts';

const loss = (packets: number, hop: 'uplink' | 'last') =>
  ({ fromMs: 0, toMs: 0, kind: 'video', packets, hop }) satisfies ManifestFile['losses'][number];
const gap = (fromMs: number, toMs: number, cause: string) =>
  ({ fromMs, toMs, kind: 'video', cause }) satisfies ManifestFile['gaps'][number];

test.each([
  [[], [], 'No packet was lost, and nothing is missing.'],
  [[loss(1, 'last')], [], '1 packet lost between server and recorder; no gap'],
  [
    [loss(2, 'uplink'), loss(1200, 'uplink'), loss(3, 'last')],
    [],
    '1,202 packets lost on the way to the server, 3 packets lost between server and recorder; no gap',
  ],
  [
    [],
    [gap(0, 1000, 'stalled'), gap(500, 1600, 'stalled'), gap(5000, 5500, 'disk-slow')],
    'No packet was lost; 3 gaps, 2.1 s in all: nothing was sent, the disk was too slow',
  ],
  [
    [],
    [gap(0, 300, 'starting'), gap(0, 1500, 'keyframe')],
    'No packet was lost; 2 gaps, 1.5 s in all: it was just beginning, a first whole picture was waited for',
  ],
  [[], [gap(0, 40, 'of-the-future')], 'No packet was lost; 1 gap, 0 s in all: of-the-future'],
])('losses and gaps in words', (losses, gaps, words) => {
  expect(qualityInWords({ losses, gaps }, en)).toBe(words);
});
