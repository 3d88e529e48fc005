import { recordingSummarySchema } from '#protocol/http/recordings.ts';
import type { Row, Sql, Value } from '../database/database.ts';
import type { PostgresDatabase } from '../database/postgres-database.ts';
import { migratePostgres } from '../database/postgres-migrations.ts';
import type { Catalog, CatalogEntry, CatalogPage, CatalogQuery, DayOfUse, IndexedFacts } from './catalog.ts';
import { type Position, readCursor, writeCursor } from './cursor.ts';
import { gramsOf, gramsOfWord } from './grams.ts';
import { POSTGRES_CATALOG_MIGRATIONS } from './postgres-catalog-schema.ts';
import { searchTextOf, wordsOf } from './search-text.ts';
import { sortOf } from './sort.ts';

/**
 * Up to so many recordings that the index of texts names are looked up and sorted. When there are more, walking the recordings in
 * their order and looking into each text meets enough of them soon.
 */
const FEW_HITS = 2000;

/** The catalog in PostgreSQL, which several archives may write: each row is what one manifest says. */
export class PostgresCatalog implements Catalog {
  readonly #sql: Sql;

  private constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** @throws Fault `storage-unwritable` when a newer version has been here */
  static async open(database: PostgresDatabase): Promise<PostgresCatalog> {
    await migratePostgres(database, 'catalog', POSTGRES_CATALOG_MIGRATIONS);
    return new PostgresCatalog(database);
  }

  async put({ summary, manifestVersion }: CatalogEntry, facts: IndexedFacts = {}): Promise<void> {
    // The one character that PostgreSQL's texts do not have; JSON writes it in other characters.
    const text = searchTextOf(summary, facts.chat ?? []).replaceAll('\0', ' ');
    await this.#sql.run(
      `INSERT INTO recordings (recording_id, live, meeting_id, state, started_at_ms, duration_ms, bytes,
         manifest_version, summary, unfinished, text, grams) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::int[])
       ON CONFLICT (recording_id) DO UPDATE SET live = excluded.live, meeting_id = excluded.meeting_id,
         state = excluded.state, started_at_ms = excluded.started_at_ms, duration_ms = excluded.duration_ms,
         bytes = excluded.bytes, manifest_version = excluded.manifest_version, summary = excluded.summary,
         unfinished = excluded.unfinished, text = excluded.text, grams = excluded.grams`,
      summary.recordingId,
      summary.state === 'recording' ? 1 : 0,
      summary.meetingId,
      summary.state,
      Math.floor(summary.startedAtMs),
      Math.floor(summary.durationMs),
      Math.floor(summary.bytes),
      manifestVersion,
      JSON.stringify(summary),
      facts.unfinished && summary.state !== 'recording' ? 1 : 0,
      text,
      arrayOf(gramsOf(text)),
    );
  }

  async remove(recordingId: string): Promise<void> {
    await this.#sql.run('DELETE FROM recordings WHERE recording_id = ?', recordingId);
  }

  async get(recordingId: string): Promise<CatalogEntry | undefined> {
    const row = await this.#sql.get(
      'SELECT summary, manifest_version FROM recordings WHERE recording_id = ?',
      recordingId,
    );
    return row && toEntry(row);
  }

  async list(query: CatalogQuery): Promise<CatalogPage> {
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const words = wordsOf(query.text ?? '');
    const isRare = words.length > 0 && (await this.#isRare(words));
    const rows: Row[] = [];
    for (const live of [1, 0] as const) {
      if (after && live > after.live) continue;
      const limit = query.limit + 1 - rows.length;
      const position = after?.live === live ? after : undefined;
      const { sql, values } = pageStatement({ query, words, isRare, live, limit, after: position });
      if (limit > 0) rows.push(...(await this.#sql.all(sql, ...values)));
    }
    const shown = rows.slice(0, query.limit);
    const entries = shown.map(toEntry);
    const last = shown.at(-1);
    return rows.length > query.limit && last ? { entries, cursor: cursorOf(last, query) } : { entries };
  }

  async versions(): Promise<Map<string, string>> {
    const rows = await this.#sql.all('SELECT recording_id, manifest_version FROM recordings');
    return new Map(rows.map((row) => [String(row.recording_id), String(row.manifest_version)]));
  }

  async unfinished(limit: number): Promise<string[]> {
    const rows = await this.#sql.all(
      'SELECT recording_id FROM recordings WHERE unfinished = 1 ORDER BY recording_id DESC LIMIT ?',
      limit,
    );
    return rows.map((row) => String(row.recording_id));
  }

  async totals(): Promise<{ bytes: number; recordings: number }> {
    const row = await this.#sql.get(
      'SELECT count(*) AS recordings, coalesce(sum(bytes), 0) AS bytes FROM recordings',
    );
    return { bytes: Number(row?.bytes), recordings: Number(row?.recordings) };
  }

  async bytesByMeeting(): Promise<Map<string, number>> {
    const rows = await this.#sql.all(
      'SELECT meeting_id, sum(bytes) AS bytes FROM recordings GROUP BY meeting_id',
    );
    return new Map(rows.map((row) => [String(row.meeting_id), Number(row.bytes)]));
  }

  async daysOfUse(fromMs: number): Promise<DayOfUse[]> {
    const rows = await this.#sql.all(
      `SELECT to_char(to_timestamp(started_at_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
         sum(bytes) AS bytes, count(*) AS recordings
       FROM recordings WHERE started_at_ms >= ? GROUP BY day ORDER BY day`,
      Math.ceil(fromMs),
    );
    return rows.map((row) => ({
      day: String(row.day),
      bytes: Number(row.bytes),
      recordings: Number(row.recordings),
    }));
  }

  async clear(): Promise<void> {
    await this.#sql.run('TRUNCATE recordings');
  }

  /** When its vacuum overwrites what was removed is PostgreSQL's to say. */
  async erased(): Promise<void> {}

  /** The database is whose it was. */
  async close(): Promise<void> {}

  /** Whether the index of texts names few recordings for these words. */
  async #isRare(words: readonly string[]): Promise<boolean> {
    const row = await this.#sql.get(
      'SELECT count(*) AS count FROM (SELECT 1 FROM recordings WHERE grams @> ?::int[] LIMIT ?) AS named',
      arrayOf(words.flatMap(gramsOfWord)),
      FEW_HITS + 1,
    );
    return Number(row?.count) <= FEW_HITS;
  }
}

/** One page of the live recordings, or of the others, in the query's order. */
function pageStatement(part: {
  query: CatalogQuery;
  words: readonly string[];
  /** Those that the index names are looked up first, whatever PostgreSQL would think of it. */
  isRare: boolean;
  live: 0 | 1;
  after: Position | undefined;
  limit: number;
}): { sql: string; values: Value[] } {
  const { after, isRare, limit, live, query, words } = part;
  const { column, descending } = sortOf(query.sort);
  const named = 'WITH recordings AS MATERIALIZED (SELECT * FROM recordings WHERE grams @> ?::int[])';
  const conditions = ['live = ?'];
  const values: Value[] = isRare ? [arrayOf(words.flatMap(gramsOfWord)), live] : [live];
  const where = (condition: string, ...given: Value[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  for (const word of words) where('strpos(text, ?) > 0', word.replaceAll('\0', ' '));
  if (query.fromMs !== undefined) where('started_at_ms >= ?', Math.ceil(query.fromMs));
  if (query.toMs !== undefined) where('started_at_ms < ?', Math.ceil(query.toMs));
  if (query.minDurationMs !== undefined) where('duration_ms >= ?', Math.ceil(query.minDurationMs));
  if (query.maxDurationMs !== undefined) where('duration_ms <= ?', Math.floor(query.maxDurationMs));
  if (query.state !== undefined) where('state = ?', query.state);
  if (query.meetingId !== undefined) where('meeting_id = ?', query.meetingId);
  if (after)
    where(`(${column}, recording_id) ${descending ? '<' : '>'} (?, ?)`, after.key, after.recordingId);
  const direction = descending ? 'DESC' : 'ASC';
  const sql = `${isRare ? named : ''} SELECT recording_id, live, ${column}, summary, manifest_version FROM recordings
    WHERE ${conditions.join(' AND ')} ORDER BY ${column} ${direction}, recording_id ${direction} LIMIT ?`;
  return { sql, values: [...values, limit] };
}

const arrayOf = (numbers: readonly number[]) => `{${numbers.join(',')}}`;

function toEntry(row: Row): CatalogEntry {
  const summary = recordingSummarySchema.parse(JSON.parse(String(row.summary)));
  return { summary, manifestVersion: String(row.manifest_version) };
}

function cursorOf(row: Row, { sort }: CatalogQuery): string {
  const live = row.live === 1 ? 1 : 0;
  return writeCursor({ live, key: Number(row[sortOf(sort).column]), recordingId: String(row.recording_id) });
}
