import { expect, test } from 'vitest';
import { sampleFile, sampleManifest } from '../testing/sample.ts';
import { sharedManifest } from './shared-manifest.ts';

const files = Array.from({ length: 40 }, (_, index) => sampleFile(`person-${index}`));
const manifest = sampleManifest(0, {
  files,
  speakers: [{ atMs: 1000, connectionIds: ['person-1', 'person-2'] }],
});

test('what a link shows is made once for all who look', () => {
  const whole = sharedManifest(manifest, undefined);
  expect(sharedManifest(manifest, undefined)).toBe(whole);
  const one = sharedManifest(manifest, files[1]?.name);
  expect(sharedManifest(manifest, files[1]?.name)).toBe(one);
  // What is read anew is another manifest.
  expect(sharedManifest({ ...manifest, state: 'interrupted' }, undefined).state).toBe('interrupted');
});

test('links to many files each show their own', () => {
  for (const round of [1, 2]) {
    for (const { connectionId, name } of files) {
      const { files: shown, speakers } = sharedManifest(manifest, name);
      expect(shown.map((file) => file.name)).toEqual([name]);
      expect(
        speakers[0]?.connectionIds.every((id) => id === connectionId),
        `round ${round}`,
      ).toBe(true);
    }
  }
});
