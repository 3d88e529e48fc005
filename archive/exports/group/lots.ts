import type { ManifestFile } from '#protocol/manifest.ts';

export const SAMPLE_RATE = 48_000;
/** Files that are open at once; each costs threads, descriptors and memory. */
export const MAX_VOICES_AT_ONCE = 24;

/** Voices that are mixed together, and the stretch of time that is whole once they are. */
export interface Lot {
  files: ManifestFile[];
  fromSample: number;
  /** Excluded: where the next lot begins. */
  toSample: number;
}

export const startSample = (file: ManifestFile) =>
  Math.round((Math.max(0, file.startOffsetMs) * SAMPLE_RATE) / 1000);

/**
 * All voices, some at a time, by when they begin. Nothing of a later lot sounds before that lot begins: so each makes a piece of
 * the whole that is finished, and hands on what sounds after it.
 */
export function lotsOf(
  files: readonly ManifestFile[],
  endSample: number,
  atOnce: number = MAX_VOICES_AT_ONCE,
): Lot[] {
  const sorted = files
    .filter((file) => startSample(file) < endSample)
    .sort((one, other) => startSample(one) - startSample(other));
  const count = Math.max(1, Math.ceil(sorted.length / atOnce));
  const groups = Array.from({ length: count }, (_, index) =>
    sorted.slice(index * atOnce, (index + 1) * atOnce),
  );
  const from = groups.map(([first], index) => (index === 0 || !first ? 0 : startSample(first)));
  return groups.map((group, index) => ({
    files: group,
    fromSample: from[index] ?? 0,
    toSample: from[index + 1] ?? endSample,
  }));
}
