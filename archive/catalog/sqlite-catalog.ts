import { rmSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { recordingSummarySchema } from '#protocol/http/recordings.ts';
import type { Log } from '#service/log.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import type { Catalog, CatalogEntry, CatalogPage, CatalogQuery, DayOfUse, IndexedFacts } from './catalog.ts';
import { CATALOG_MIGRATIONS } from './catalog-schema.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { searchTextOf } from './search-text.ts';
import { type SortColumn, sortOf } from './sort.ts';
import { listStatement } from './sqlite-query.ts';
import { WordErasure } from './word-erasure.ts';

/** The catalog in one SQLite file. A file that cannot be opened is thrown away: it can be made again. */
export class SqliteCatalog implements Catalog {
  readonly #database: DatabaseSync;
  readonly #erasure: WordErasure;
  /** By the transaction that is on. */
  #owesErasure = false;
  readonly #statements: Record<
    'put' | 'text' | 'putText' | 'putTrigrams' | 'removeText' | 'removeTrigrams',
    StatementSync
  >;

  private constructor(database: DatabaseSync, log: Log) {
    this.#database = database;
    this.#erasure = new WordErasure(database, log);
    this.#statements = {
      put: database.prepare(
        `INSERT INTO recordings VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (recording_id) DO UPDATE SET live = excluded.live, meeting_id = excluded.meeting_id,
           state = excluded.state, started_at_ms = excluded.started_at_ms, duration_ms = excluded.duration_ms,
           bytes = excluded.bytes, manifest_version = excluded.manifest_version, summary = excluded.summary,
           unfinished = excluded.unfinished
         RETURNING id`,
      ),
      text: database.prepare('SELECT text FROM texts WHERE id = ?'),
      putText: database.prepare('INSERT INTO texts VALUES (?, ?)'),
      putTrigrams: database.prepare('INSERT INTO trigrams (rowid, text) VALUES (?, ?)'),
      removeText: database.prepare('DELETE FROM texts WHERE id = ?'),
      removeTrigrams: database.prepare('DELETE FROM trigrams WHERE rowid = ?'),
    };
  }

  static open(path: string, log: Log): SqliteCatalog {
    try {
      return new SqliteCatalog(openDatabase(path, CATALOG_MIGRATIONS), log);
    } catch (cause) {
      log.warn('catalog-thrown-away', { cause: (cause as Error).message });
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
      return new SqliteCatalog(openDatabase(path, CATALOG_MIGRATIONS), log);
    }
  }

  async put({ summary, manifestVersion }: CatalogEntry, facts: IndexedFacts = {}): Promise<void> {
    this.#transact(() => {
      const row = this.#statements.put.get(
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
      );
      const id = Number(row?.id);
      const text = searchTextOf(summary, facts.chat ?? []);
      this.#removeText(id, text);
      this.#statements.putText.run(id, text);
      this.#statements.putTrigrams.run(id, text);
    });
  }

  async remove(recordingId: string): Promise<void> {
    this.#transact(() => {
      const row = this.#database
        .prepare('DELETE FROM recordings WHERE recording_id = ? RETURNING id')
        .get(recordingId);
      if (row) this.#removeText(Number(row.id), '');
    });
  }

  async get(recordingId: string): Promise<CatalogEntry | undefined> {
    const row = this.#database
      .prepare('SELECT summary, manifest_version FROM recordings WHERE recording_id = ?')
      .get(recordingId);
    return row && toEntry(row);
  }

  async list(query: CatalogQuery): Promise<CatalogPage> {
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const { column } = sortOf(query.sort);
    const rows: Record<string, unknown>[] = [];
    for (const live of [1, 0] as const) {
      if (after && live > after.live) continue;
      const limit = query.limit + 1 - rows.length;
      const { sql, values } = listStatement(this.#database, {
        query,
        live,
        limit,
        after: after?.live === live ? after : undefined,
      });
      if (limit > 0) rows.push(...this.#database.prepare(sql).all(...values));
    }
    const shown = rows.slice(0, query.limit);
    const entries = shown.map(toEntry);
    const last = shown.at(-1);
    return rows.length > query.limit && last ? { entries, cursor: cursorOf(last, column) } : { entries };
  }

  async versions(): Promise<Map<string, string>> {
    const rows = this.#database.prepare('SELECT recording_id, manifest_version FROM recordings').all();
    return new Map(rows.map((row) => [String(row.recording_id), String(row.manifest_version)]));
  }

  async unfinished(limit: number): Promise<string[]> {
    const rows = this.#database
      .prepare('SELECT recording_id FROM recordings WHERE unfinished = 1 ORDER BY recording_id DESC LIMIT ?')
      .all(limit);
    return rows.map((row) => String(row.recording_id));
  }

  async totals(): Promise<{ bytes: number; recordings: number }> {
    const row = this.#database
      .prepare('SELECT count(*) AS recordings, total(bytes) AS bytes FROM recordings')
      .get();
    return { bytes: Number(row?.bytes), recordings: Number(row?.recordings) };
  }

  async bytesByMeeting(): Promise<Map<string, number>> {
    const rows = this.#database
      .prepare('SELECT meeting_id, total(bytes) AS bytes FROM recordings GROUP BY meeting_id')
      .all();
    return new Map(rows.map((row) => [String(row.meeting_id), Number(row.bytes)]));
  }

  async daysOfUse(fromMs: number): Promise<DayOfUse[]> {
    const rows = this.#database
      .prepare(
        `SELECT date(started_at_ms / 1000, 'unixepoch') AS day, total(bytes) AS bytes, count(*) AS recordings
         FROM recordings WHERE started_at_ms >= ? GROUP BY day ORDER BY day`,
      )
      .all(fromMs);
    return rows.map((row) => ({
      day: String(row.day),
      bytes: Number(row.bytes),
      recordings: Number(row.recordings),
    }));
  }

  async clear(): Promise<void> {
    this.#transact(() => {
      this.#database.exec(
        "DELETE FROM recordings; DELETE FROM texts; INSERT INTO trigrams (trigrams) VALUES ('delete-all')",
      );
      this.#owesErasure = true;
    });
  }

  async erased(): Promise<void> {
    await this.#erasure.settled();
  }

  async close(): Promise<void> {
    await this.#erasure.close();
    this.#database.close();
  }

  /** @param next what takes its place: only what is not in it has to be erased */
  #removeText(id: number, next: string): void {
    const before = this.#statements.text.get(id)?.text;
    const lines = new Set(next.split('\n'));
    if (
      before !== undefined &&
      !String(before)
        .split('\n')
        .every((line) => lines.has(line))
    ) {
      this.#owesErasure = true;
    }
    this.#statements.removeText.run(id);
    this.#statements.removeTrigrams.run(id);
  }

  #transact(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#owesErasure = false;
      work();
      if (this.#owesErasure) this.#erasure.owe();
      this.#database.exec('COMMIT');
    } catch (cause) {
      this.#database.exec('ROLLBACK');
      throw cause;
    }
    if (this.#owesErasure) this.#erasure.begin();
  }
}

function toEntry(row: Record<string, unknown>): CatalogEntry {
  const summary = recordingSummarySchema.parse(JSON.parse(String(row.summary)));
  return { summary, manifestVersion: String(row.manifest_version) };
}

function cursorOf(row: Record<string, unknown>, column: SortColumn): string {
  const live = row.live === 1 ? 1 : 0;
  return writeCursor({ live, key: Number(row[column]), recordingId: String(row.recording_id) });
}
