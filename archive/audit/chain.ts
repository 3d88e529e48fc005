import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Row, Sql } from '../database/database.ts';

/** What the first entry of a chain follows. */
export const GENESIS = 'genesis';

/** A place in the chain: everything up to this entry is what it was. */
export interface Link {
  id: number;
  hash: string;
}

/** One entry as it lies in the database, without its hash. */
export type ChainedRow = Record<
  'id' | 'at_ms' | 'actor' | 'address' | 'action' | 'recording_id' | 'detail',
  string | number | null
>;

/** Over the entry and the hash of the one before it, so over all before it. */
export function hashAfter(previous: string, row: ChainedRow): string {
  const { action, actor, address, at_ms, detail, id, recording_id } = row;
  // JSON keeps the fields apart, whatever they hold.
  const words = JSON.stringify([previous, id, at_ms, actor, address, action, recording_id, detail]);
  return createHash('sha256').update(words).digest('base64url');
}

/** The last entry; the anchor, after which the chain begins, when there is none. */
export async function headOf(sql: Sql): Promise<Link> {
  const row = await sql.get('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1');
  return row ? toLink(row) : anchorOf(sql);
}

export async function anchorOf(sql: Sql): Promise<Link> {
  return toLink(await sql.get('SELECT id, hash FROM audit_anchor'));
}

function toLink(row: Row | undefined): Link {
  return { id: Number(row?.id ?? 0), hash: String(row?.hash ?? GENESIS) };
}

/** A migration: takes an audit log that was not chained into a chain, as it stands. */
export function chainAudit(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE audit_anchor (one INTEGER PRIMARY KEY CHECK (one = 1), id INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
    CREATE TABLE audit_chained (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at_ms INTEGER NOT NULL,
      actor TEXT NOT NULL,
      address TEXT,
      action TEXT NOT NULL,
      recording_id TEXT,
      detail TEXT,
      hash TEXT NOT NULL
    ) STRICT;`);
  const put = database.prepare('INSERT INTO audit_chained VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  let last: Link = { id: 0, hash: GENESIS };
  for (const found of database.prepare('SELECT * FROM audit ORDER BY id').iterate()) {
    // Numbered anew: what an older version left out at the beginning is no gap.
    const row = { ...(found as ChainedRow), id: last.id + 1 };
    last = { id: row.id, hash: hashAfter(last.hash, row) };
    const { action, actor, address, at_ms, detail, id, recording_id } = row;
    put.run(id, at_ms, actor, address, action, recording_id, detail, last.hash);
  }
  database.prepare('INSERT INTO audit_anchor VALUES (1, 0, ?)').run(GENESIS);
  database.exec(`
    DROP TABLE audit;
    ALTER TABLE audit_chained RENAME TO audit;
    CREATE INDEX audit_recording ON audit (recording_id, id);
    CREATE INDEX audit_action ON audit (action, id);
    CREATE INDEX audit_address ON audit (address);`);
}
