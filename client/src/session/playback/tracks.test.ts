import { expect, test } from 'vitest';
import type { Manifest } from '#protocol/manifest.ts';
import { speechOf } from './tracks.ts';

test('speech is read from the timeline of speakers, on the common clock', () => {
  const at = (atMs: number, ...connectionIds: string[]) => ({ atMs: 10_000 + atMs, connectionIds });
  const manifest = {
    startedAtMs: 10_000,
    files: [{ startOffsetMs: 0, durationMs: 5000 }],
    speakers: [at(0, 'a'), at(1000, 'a', 'b'), at(2000), at(3000, 'b')],
  } as unknown as Manifest;
  const speech = speechOf(manifest);
  expect(speech).toEqual(
    new Map([
      ['a', [{ fromMs: 0, toMs: 2000 }]],
      [
        'b',
        [
          { fromMs: 1000, toMs: 2000 },
          { fromMs: 3000, toMs: 5000 },
        ],
      ],
    ]),
  );
});
