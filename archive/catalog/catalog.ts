import type { RecordingSort, RecordingSummary } from '#protocol/http/recordings.ts';

/** One recording as the catalog knows it. */
export interface CatalogEntry {
  summary: RecordingSummary;
  /** Version of the manifest that it was made from, in the words of the store. */
  manifestVersion: string;
}

/** What the catalog finds a recording by, besides what lists show of it. */
export interface IndexedFacts {
  /** Found by search, as the names are. */
  chat?: readonly string[];
  /** Some file has no sum yet. */
  unfinished?: boolean;
}

export interface CatalogQuery {
  /** Each of its words must be in the meeting's name, a person's name or the chat; case does not matter. */
  text?: string;
  /** Started at or after, epoch milliseconds. */
  fromMs?: number;
  /** Started before, epoch milliseconds. */
  toMs?: number;
  minDurationMs?: number;
  maxDurationMs?: number;
  state?: RecordingSummary['state'];
  meetingId?: string;
  /** Among those being made, and then among the others; `newest` unless said. */
  sort?: RecordingSort;
  /** From an earlier page's answer to the same query. */
  cursor?: string;
  limit: number;
}

export interface CatalogPage {
  entries: CatalogEntry[];
  /** Absent on the last page. */
  cursor?: string;
}

/** What began on one day (UTC). */
export interface DayOfUse {
  /** `2026-11-22` */
  day: string;
  bytes: number;
  recordings: number;
}

/** The index of manifests, which are the truth: it holds nothing that cannot be made again from the store. */
export interface Catalog {
  put(entry: CatalogEntry, facts?: IndexedFacts): Promise<void>;
  remove(recordingId: string): Promise<void>;
  get(recordingId: string): Promise<CatalogEntry | undefined>;
  /** Recordings being made first, then the others. @throws Fault `bad-request` for a cursor that is none. */
  list(query: CatalogQuery): Promise<CatalogPage>;
  /** Every recording with its manifest version. */
  versions(): Promise<Map<string, string>>;
  /** Closed recordings of which some file has no sum yet, the newest first. */
  unfinished(limit: number): Promise<string[]>;
  totals(): Promise<{ bytes: number; recordings: number }>;
  /** What each meeting has, recordings being made included. */
  bytesByMeeting(): Promise<Map<string, number>>;
  /** From this instant on, days on which nothing began left out; in order. */
  daysOfUse(fromMs: number): Promise<DayOfUse[]>;
  /** Forgets everything. */
  clear(): Promise<void>;
  /** Resolves when what was removed is nowhere in its files any more, as far as that is ours to do. */
  erased(): Promise<void>;
  close(): Promise<void>;
}
