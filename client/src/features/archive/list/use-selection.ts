import { useState } from 'react';
import type { RecordingSummary } from '#protocol/http/recordings.ts';

/** Which recordings of a list are chosen; those still being made cannot be. */
export interface Selection {
  chosen: RecordingSummary[];
  has: (recordingId: string) => boolean;
  toggle: (recordingId: string) => void;
  /** All that are shown, or none when all are chosen. */
  toggleAll: () => void;
  state: 'none' | 'some' | 'all';
  set: (recordingIds: readonly string[]) => void;
}

/** What is no longer shown is no longer chosen: nobody deletes what they do not see. */
export function useSelection(recordings: readonly RecordingSummary[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const choosable = recordings.filter(({ state }) => state !== 'recording');
  const chosen = choosable.filter(({ recordingId }) => ids.has(recordingId));
  const isAll = chosen.length > 0 && chosen.length === choosable.length;
  const set = (next: readonly string[]): void => setIds(new Set(next));
  const chosenIds = chosen.map(({ recordingId }) => recordingId);
  return {
    chosen,
    has: (recordingId) => chosenIds.includes(recordingId),
    toggle: (recordingId) =>
      set(
        ids.has(recordingId) ? chosenIds.filter((one) => one !== recordingId) : [...chosenIds, recordingId],
      ),
    toggleAll: () => set(isAll ? [] : choosable.map(({ recordingId }) => recordingId)),
    state: isAll ? 'all' : chosen.length > 0 ? 'some' : 'none',
    set,
  };
}
