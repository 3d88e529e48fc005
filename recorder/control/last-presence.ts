import type { Manifest } from '#protocol/manifest.ts';

/**
 * When a recording ended that nobody stopped: when the last of its people was there, or their media.
 * @param nowMs for whom it is not known better; on the SFU's clock as all of them
 */
export function lastPresenceMs(
  { files, people, startedAtMs }: Pick<Manifest, 'files' | 'people' | 'startedAtMs'>,
  awaySinceMs: (connectionId: string) => number | undefined,
  nowMs: number,
): number {
  const ends = files.map(({ durationMs, startOffsetMs }) => startedAtMs + startOffsetMs + durationMs);
  const leaves = people.map(({ connectionId, leftAtMs }) => leftAtMs ?? awaySinceMs(connectionId) ?? nowMs);
  const lastMs = [...ends, ...leaves].reduce((last, ms) => Math.max(last, ms), startedAtMs);
  return Math.min(lastMs, Math.max(startedAtMs, nowMs));
}
