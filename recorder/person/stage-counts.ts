/** What the stages of a stream's way have counted: of its packets, and of its pictures once they are put together. */
export interface StageCounts {
  packets: {
    received: number;
    repaired: number;
    duplicates: number;
    late: number;
    /** Another payload type than the announced one. */
    foreign: number;
    resets: number;
  };
  pictures: {
    released: number;
    keyframes: number;
    /** After a loss, up to the next keyframe. */
    dropped: number;
    malformed: number;
  };
}

export const NO_COUNTS: StageCounts = {
  packets: { received: 0, repaired: 0, duplicates: 0, late: 0, foreign: 0, resets: 0 },
  pictures: { released: 0, keyframes: 0, dropped: 0, malformed: 0 },
};

export function sumOfCounts(all: readonly StageCounts[]): StageCounts {
  return {
    packets: sum(
      all.map(({ packets }) => packets),
      NO_COUNTS.packets,
    ),
    pictures: sum(
      all.map(({ pictures }) => pictures),
      NO_COUNTS.pictures,
    ),
  };
}

function sum<T extends { [K in keyof T]: number }>(all: readonly T[], none: T): T {
  const total: T = { ...none };
  for (const one of all) {
    for (const key of Object.keys(none) as (keyof T)[]) total[key] = (total[key] + one[key]) as T[keyof T];
  }
  return total;
}

/** Counts of what could not be used, for /metrics. */
export interface IngestCounters {
  malformed: number;
  unannounced: number;
  strangers: number;
  /** Pictures that a slow disk had no room for. */
  leftOut: number;
  /** The port of the socket, at which the kernel may drop; undefined once it is closed for good. */
  port: number | undefined;
  stages: StageCounts;
}

/** Of those who have left, together. */
export function sumOfCounters(past: IngestCounters, left: IngestCounters): IngestCounters {
  return {
    malformed: past.malformed + left.malformed,
    unannounced: past.unannounced + left.unannounced,
    strangers: past.strangers + left.strangers,
    leftOut: past.leftOut + left.leftOut,
    // It may be somebody else's by now.
    port: undefined,
    stages: sumOfCounts([past.stages, left.stages]),
  };
}
