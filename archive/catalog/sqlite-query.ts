import type { DatabaseSync } from 'node:sqlite';
import type { CatalogQuery } from './catalog.ts';
import type { Position } from './cursor.ts';
import { matchExpression, wordsOf } from './search-text.ts';
import { sortOf } from './sort.ts';

/**
 * Up to so many hits of the trigram index are looked up and sorted. When there are more, walking the sorted rows and
 * looking into each text meets enough of them soon.
 */
const FEW_HITS = 4000;

type Value = string | number;

/** One page of the live recordings, or of the others, in the query's order. */
export function listStatement(
  database: DatabaseSync,
  part: { query: CatalogQuery; live: 0 | 1; after: Position | undefined; limit: number },
): { sql: string; values: Value[] } {
  const { after, live, limit, query } = part;
  const { column, descending } = sortOf(query.sort);
  const conditions = ['live = ?'];
  const values: Value[] = [live];
  const where = (condition: string, ...given: Value[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  const words = wordsOf(query.text ?? '');
  const hits = fewHits(database, words);
  if (hits) where('recordings.id IN (SELECT value FROM json_each(?))', JSON.stringify(hits));
  for (const word of words) where('instr(text, ?) > 0', word);
  // A plus keeps SQLite from finding by this column and then sorting all that it found (its documentation, "Disqualifying
  // WHERE clause terms using unary +"): walking in the order asked for ends with the page.
  const started = column === 'started_at_ms' ? column : '+started_at_ms';
  const duration = column === 'duration_ms' ? column : '+duration_ms';
  if (query.fromMs !== undefined) where(`${started} >= ?`, query.fromMs);
  if (query.toMs !== undefined) where(`${started} < ?`, query.toMs);
  if (query.minDurationMs !== undefined) where(`${duration} >= ?`, query.minDurationMs);
  if (query.maxDurationMs !== undefined) where(`${duration} <= ?`, query.maxDurationMs);
  if (query.state !== undefined) where('state = ?', query.state);
  if (query.meetingId !== undefined) where('meeting_id = ?', query.meetingId);
  if (after)
    where(`(${column}, recording_id) ${descending ? '<' : '>'} (?, ?)`, after.key, after.recordingId);
  const direction = descending ? 'DESC' : 'ASC';
  const sql = `SELECT recording_id, live, ${column}, summary, manifest_version FROM recordings
    ${words.length > 0 ? 'CROSS JOIN texts ON texts.id = recordings.id' : ''} WHERE ${conditions.join(' AND ')}
    ORDER BY ${column} ${direction}, recording_id ${direction} LIMIT ?`;
  return { sql, values: [...values, limit] };
}

/** The rows that the trigram index names, when they are few; undefined when it cannot tell, or names many. */
function fewHits(database: DatabaseSync, words: readonly string[]): number[] | undefined {
  const expression = matchExpression(words);
  if (expression === undefined) return undefined;
  const rows = database
    .prepare('SELECT rowid AS id FROM trigrams WHERE trigrams MATCH ? LIMIT ?')
    .all(expression, FEW_HITS + 1);
  return rows.length > FEW_HITS ? undefined : rows.map((row) => Number(row.id));
}
