import { FIGURES, type Figure, PARTS, type Part, type Sample } from './sample.ts';

/**
 * What may grow between the first and the last quarter, both taken at their calmest moment, with everybody gone who
 * came. A single thing that stays behind in a round is one more in every later round: many more in the last quarter.
 */
const MAY_GROW: Record<Figure, { most: number; share: number }> = {
  // The connections over which the recorder hints at manifests are kept for some seconds, at both ends.
  descriptors: { most: 2, share: 0 },
  sockets: { most: 2, share: 0 },
  handles: { most: 2, share: 0 },
  // Of a page: what is drawn depends on who speaks, and what was said stays.
  nodes: { most: 200, share: 0.05 },
  udpPorts: { most: 0, share: 0 },
  timers: { most: 0, share: 0 },
  // Of live objects: compiled code and caches still grow a little, and the manifest of the meeting that never ends.
  heapBytes: { most: 2 * 2 ** 20, share: 0.05 },
  // Allocators keep what they once needed: a higher peak in the last quarter is no leak.
  pssBytes: { most: 8 * 2 ** 20, share: 0.1 },
  rssBytes: { most: 8 * 2 ** 20, share: 0.1 },
};

/** Memory says nothing before code is compiled and pools have their sizes. */
export const MEMORY_COUNTS_FROM_MS = 5 * 60_000;

export interface Growth {
  part: Part;
  figure: Figure;
  /** At the calmest moment of the first quarter. */
  first: number;
  last: number;
  isFlat: boolean;
}

/** Memory and counts of each part in the first and the last quarter of the samples. @param durationMs of the soak */
export function growthOf(samples: readonly Sample[], durationMs: number): Growth[] {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const [first, last] = [samples.slice(0, quarter), samples.slice(-quarter)];
  return PARTS.flatMap((part) =>
    FIGURES.flatMap((figure) => {
      const [from, to] = [least(first, part, figure), least(last, part, figure)];
      if (from === undefined || to === undefined) return [];
      const { most, share } = MAY_GROW[figure];
      const counts = figure.endsWith('Bytes') ? durationMs >= MEMORY_COUNTS_FROM_MS : true;
      const isFlat = !counts || to <= from + most + share * from;
      return [{ part, figure, first: from, last: to, isFlat }];
    }),
  );
}

function least(samples: readonly Sample[], part: Part, figure: Figure): number | undefined {
  const values = samples.flatMap((sample) => sample[part][figure] ?? []);
  return values.length > 0 ? Math.min(...values) : undefined;
}
