import type { ManifestFile } from '#protocol/manifest.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { longestGapMs, MAX_STEP_BACK_MS, readFlvFile, tagFaults } from './flv-tags.ts';

/**
 * What is wrong with the tags of a file that was recorded just now, in words. A browser that is short of time sends late, and
 * workers make sound late, on a slow machine by more.
 */
export async function faultsOfTags(path: string, gaps: ManifestFile['gaps']): Promise<string[]> {
  const lateMs = scaled(MAX_STEP_BACK_MS) - MAX_STEP_BACK_MS;
  return tagFaults(await readFlvFile(path), longestGapMs(gaps) + lateMs);
}
