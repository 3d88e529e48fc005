import type { RecordingSummary } from '#protocol/http/recordings.ts';

/**
 * The list with recordings being made on top, as they are now. What the list still calls live and `live` no longer
 * names has just ended; it stays where it is until the list is asked for anew.
 */
export function withLive(
  listed: readonly RecordingSummary[],
  live: readonly RecordingSummary[],
): RecordingSummary[] {
  const ids = new Set(live.map(({ recordingId }) => recordingId));
  return [...live, ...listed.filter(({ recordingId }) => !ids.has(recordingId))];
}

/** Names the set of recordings that a list calls live: when it changes, something has begun or ended. */
export function liveKey(recordings: readonly RecordingSummary[]): string {
  const live = recordings.filter(({ state }) => state === 'recording');
  return live
    .map(({ recordingId }) => recordingId)
    .sort()
    .join();
}
