import { rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { recordingSummarySchema } from '../../protocol/archive-api.ts';
import { Fault } from '../../protocol/errors.ts';
import { recordingIdSchema } from '../../protocol/identifiers.ts';
import type { Log } from '../../service/log.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import type { Catalog, CatalogEntry, CatalogPage, CatalogQuery } from './catalog.ts';

const MIGRATIONS = [
  `CREATE TABLE recordings (
     recording_id TEXT PRIMARY KEY,
     live INTEGER NOT NULL,
     meeting_id TEXT NOT NULL,
     started_at_ms INTEGER NOT NULL,
     search TEXT NOT NULL,
     manifest_version TEXT NOT NULL,
     summary TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX recordings_order ON recordings (live, recording_id);
   CREATE INDEX recordings_meeting ON recordings (meeting_id, live, recording_id);`,
];

/** The catalog in one SQLite file. A file that cannot be opened is thrown away: it can be made again. */
export class SqliteCatalog implements Catalog {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  static open(path: string, log: Log): SqliteCatalog {
    try {
      return new SqliteCatalog(openDatabase(path, MIGRATIONS));
    } catch (cause) {
      log.warn('catalog-thrown-away', { cause: (cause as Error).message });
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
      return new SqliteCatalog(openDatabase(path, MIGRATIONS));
    }
  }

  async put({ summary, manifestVersion }: CatalogEntry): Promise<void> {
    this.#database
      .prepare('INSERT OR REPLACE INTO recordings VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(
        summary.recordingId,
        summary.state === 'recording' ? 1 : 0,
        summary.meetingId,
        Math.floor(summary.startedAtMs),
        [summary.meetingName, ...summary.people].map(foldCase).join('\n'),
        manifestVersion,
        JSON.stringify(summary),
      );
  }

  async remove(recordingId: string): Promise<void> {
    this.#database.prepare('DELETE FROM recordings WHERE recording_id = ?').run(recordingId);
  }

  async get(recordingId: string): Promise<CatalogEntry | undefined> {
    const row = this.#database
      .prepare('SELECT summary, manifest_version FROM recordings WHERE recording_id = ?')
      .get(recordingId);
    return row && toEntry(row);
  }

  async list(query: CatalogQuery): Promise<CatalogPage> {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const where = (condition: string, ...given: (string | number)[]) => {
      conditions.push(condition);
      values.push(...given);
    };
    if (query.text) where('instr(search, ?) > 0', foldCase(query.text));
    if (query.fromMs !== undefined) where('started_at_ms >= ?', query.fromMs);
    if (query.toMs !== undefined) where('started_at_ms < ?', query.toMs);
    if (query.meetingId !== undefined) where('meeting_id = ?', query.meetingId);
    if (query.cursor !== undefined) where('(live, recording_id) < (?, ?)', ...parseCursor(query.cursor));
    const rows = this.#database
      .prepare(
        `SELECT summary, manifest_version FROM recordings ${conditions.length > 0 ? 'WHERE' : ''}
         ${conditions.join(' AND ')} ORDER BY live DESC, recording_id DESC LIMIT ?`,
      )
      .all(...values, query.limit + 1);
    const entries = rows.slice(0, query.limit).map(toEntry);
    const last = entries.at(-1);
    return rows.length > query.limit && last ? { entries, cursor: makeCursor(last) } : { entries };
  }

  async versions(): Promise<Map<string, string>> {
    const rows = this.#database.prepare('SELECT recording_id, manifest_version FROM recordings').all();
    return new Map(rows.map((row) => [String(row.recording_id), String(row.manifest_version)]));
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

const foldCase = (text: string) => text.normalize('NFC').toLowerCase();

function toEntry(row: Record<string, unknown>): CatalogEntry {
  const summary = recordingSummarySchema.parse(JSON.parse(String(row.summary)));
  return { summary, manifestVersion: String(row.manifest_version) };
}

function makeCursor({ summary }: CatalogEntry): string {
  return `${summary.state === 'recording' ? 1 : 0}.${summary.recordingId}`;
}

function parseCursor(cursor: string): [number, string] {
  const live = cursor.slice(0, 2);
  const recordingId = cursor.slice(2);
  if ((live !== '0.' && live !== '1.') || !recordingIdSchema.safeParse(recordingId).success) {
    throw new Fault('bad-request', 'cursor: is not from an earlier answer');
  }
  return [Number(live[0]), recordingId];
}
