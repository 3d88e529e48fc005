import type { Interval, Manifest } from '#protocol/manifest.ts';
import { speechOf } from './tracks.ts';

/** What is known of one person's time in a recording, on its common clock. */
export interface TimelineRow {
  readonly connectionId: string;
  readonly name: string;
  readonly there: readonly Interval[];
  /** When there is a file of their camera and microphone. */
  readonly recorded: readonly Interval[];
  readonly screen: readonly Interval[];
  readonly spoke: readonly Interval[];
  readonly muted: readonly Interval[];
  readonly cameraOff: readonly Interval[];
  readonly gaps: readonly Interval[];
  readonly losses: readonly Interval[];
  readonly lostPackets: number;
}

/** Everybody who was there or is recorded, in the order in which they came. @param durationMs of the recording */
export function timelineRows(manifest: Manifest, durationMs: number): TimelineRow[] {
  const speech = speechOf(manifest);
  const clip = ({ fromMs, toMs }: Interval): Interval => ({
    fromMs: Math.max(0, fromMs),
    toMs: Math.min(durationMs, toMs),
  });
  const tidy = (intervals: readonly Interval[]) =>
    intervals.map(clip).filter(({ fromMs, toMs }) => toMs >= fromMs);
  const names = new Map<string, string>();
  for (const { connectionId, name } of manifest.people) names.set(connectionId, name);
  for (const { connectionId, personName } of manifest.files) names.set(connectionId, personName);
  const rows = [...names].map(([connectionId, name]): TimelineRow => {
    const files = manifest.files.filter((file) => file.connectionId === connectionId);
    const spans = (source: string) =>
      files
        .filter((file) => file.source === source)
        .map(({ durationMs: lengthMs, startOffsetMs, state }) => ({
          fromMs: startOffsetMs,
          toMs: state === 'writing' ? durationMs : startOffsetMs + lengthMs,
        }));
    const visits = manifest.people
      .filter((person) => person.connectionId === connectionId)
      .map(({ joinedAtMs, leftAtMs }) => ({
        fromMs: joinedAtMs - manifest.startedAtMs,
        toMs: leftAtMs === undefined ? durationMs : leftAtMs - manifest.startedAtMs,
      }));
    return {
      connectionId,
      name,
      there: tidy(visits.length > 0 ? visits : spans('camera')),
      recorded: tidy(spans('camera')),
      screen: tidy(spans('screen')),
      spoke: tidy(speech.get(connectionId) ?? []),
      muted: tidy(files.flatMap(({ muted, source }) => (source === 'camera' ? muted : []))),
      cameraOff: tidy(files.flatMap(({ cameraOff, source }) => (source === 'camera' ? cameraOff : []))),
      gaps: tidy(files.flatMap(({ gaps }) => gaps)),
      losses: tidy(files.flatMap(({ losses }) => losses)),
      lostPackets: files.flatMap(({ losses }) => losses).reduce((sum, { packets }) => sum + packets, 0),
    };
  });
  const beginOf = ({ recorded, there }: TimelineRow) => there[0]?.fromMs ?? recorded[0]?.fromMs ?? durationMs;
  return rows.toSorted((one, other) => beginOf(one) - beginOf(other));
}

/** The time that intervals cover, those that overlap counted once. */
export function coveredMs(intervals: readonly Interval[]): number {
  let coveredToMs = Number.NEGATIVE_INFINITY;
  let sumMs = 0;
  for (const { fromMs, toMs } of intervals.toSorted((one, other) => one.fromMs - other.fromMs)) {
    sumMs += Math.max(0, toMs - Math.max(fromMs, coveredToMs));
    coveredToMs = Math.max(coveredToMs, toMs);
  }
  return sumMs;
}

/**
 * Boxes over intervals as one SVG path, since a long meeting has thousands of them.
 * @param leastMs shorter ones are drawn so wide, so that they can be seen
 */
export function boxesPath(
  intervals: readonly Interval[],
  { top, height, leastMs }: { top: number; height: number; leastMs: number },
): string {
  return intervals
    .map(({ fromMs, toMs }) => {
      const width = Math.max(leastMs, toMs - fromMs);
      return `M${Math.round(fromMs)} ${top}h${Math.round(width)}v${height}h${-Math.round(width)}z`;
    })
    .join('');
}

/** Round instants to write under a timeline, `most` of them at most. */
export function timelineMarks(durationMs: number, most: number): number[] {
  const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800].map(
    (s) => s * 1000,
  );
  const stepMs = steps.find((one) => durationMs / one <= most) ?? durationMs;
  return Array.from({ length: Math.floor(durationMs / stepMs) + 1 }, (_, at) => at * stepMs);
}
