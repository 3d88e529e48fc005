import type { RecordingSummary } from '../../protocol/archive-api.ts';

/** One recording as the catalog knows it. */
export interface CatalogEntry {
  summary: RecordingSummary;
  /** Version of the manifest that it was made from, in the words of the store. */
  manifestVersion: string;
}

export interface CatalogQuery {
  /** Looked for in the meeting's name and the people's names; case does not matter. */
  text?: string;
  /** Started at or after, epoch milliseconds. */
  fromMs?: number;
  /** Started before, epoch milliseconds. */
  toMs?: number;
  meetingId?: string;
  /** From an earlier page's answer. */
  cursor?: string;
  limit: number;
}

export interface CatalogPage {
  entries: CatalogEntry[];
  /** Absent on the last page. */
  cursor?: string;
}

/** The index of manifests (design §2): it holds nothing that cannot be made again from the store. */
export interface Catalog {
  put(entry: CatalogEntry): Promise<void>;
  remove(recordingId: string): Promise<void>;
  get(recordingId: string): Promise<CatalogEntry | undefined>;
  /** Recordings being made first, then the newest first. @throws Fault `bad-request` for a cursor that is none. */
  list(query: CatalogQuery): Promise<CatalogPage>;
  /** Every recording with its manifest version. */
  versions(): Promise<Map<string, string>>;
  close(): Promise<void>;
}
