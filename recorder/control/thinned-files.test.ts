import { expect, test } from 'vitest';
import type { ManifestFile } from '#protocol/manifest.ts';
import { completeFile } from '#store/testing/manifests.ts';
import { thinnedFiles } from './thinned-files.ts';

function fileOf(connectionId: string, gaps: number, losses = 0): ManifestFile {
  return completeFile(connectionId, {
    gaps: Array.from({ length: gaps }, (_, at) => ({
      fromMs: at * 10,
      toMs: at * 10 + 5,
      kind: at % 2 === 0 ? ('audio' as const) : ('video' as const),
      cause: 'stalled',
    })),
    losses: Array.from({ length: losses }, (_, at) => ({
      fromMs: at * 10,
      toMs: at * 10 + 5,
      kind: 'video' as const,
      packets: 2,
      hop: 'uplink' as const,
    })),
  });
}

test('what fits is left as it is', () => {
  const files = [fileOf('a', 50), fileOf('b', 50)];
  expect(thinnedFiles(files, 100)).toBe(files);
});

test('whoever has few keeps them; of the others the last one of each kind stands for what is cut off', () => {
  const [few, many] = thinnedFiles([fileOf('few', 3), fileOf('many', 1000, 1000)], 100);
  expect(few?.gaps).toHaveLength(3);
  expect((many?.gaps.length ?? 0) + (many?.losses.length ?? 0)).toBeLessThanOrEqual(97);
  expect(many?.gaps.length).toBeGreaterThan(20);
  expect(many?.gaps.at(-1)?.toMs).toBe(9995);
  expect(many?.losses.reduce((sum, { packets }) => sum + packets, 0)).toBe(2000);
});

test('with more files than details, none are told', () => {
  const files = Array.from({ length: 50 }, (_, at) => fileOf(`p-${at}`, 10));
  expect(thinnedFiles(files, 20).flatMap(({ gaps }) => gaps)).toEqual([]);
});
