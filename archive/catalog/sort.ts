import type { RecordingSort } from '#protocol/http/recordings.ts';

export type SortColumn = 'started_at_ms' | 'duration_ms' | 'bytes';

const sorts: Record<RecordingSort, { column: SortColumn; descending: boolean }> = {
  newest: { column: 'started_at_ms', descending: true },
  oldest: { column: 'started_at_ms', descending: false },
  longest: { column: 'duration_ms', descending: true },
  shortest: { column: 'duration_ms', descending: false },
  largest: { column: 'bytes', descending: true },
  smallest: { column: 'bytes', descending: false },
};

/** By which column of either engine, and in which direction. */
export const sortOf = (sort: RecordingSort = 'newest') => sorts[sort];
