import type { DatabaseSync } from 'node:sqlite';
import { AUDIT_PAGE_SIZE, type AuditEntry, auditEntrySchema } from '../../protocol/audit-api.ts';
import { Fault } from '../../protocol/errors.ts';
import type { Clock } from '../../service/clock.ts';

/** The oldest give way. */
export const MAX_AUDIT_ENTRIES = 1_000_000;
const MAX_DETAIL_LENGTH = 500;

export type Deed = Omit<AuditEntry, 'id' | 'atMs' | 'meetingName'>;

/** Who did what, only ever appended to. */
export class Audit {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(options: { database: DatabaseSync; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  record({ action, actor, address, detail, recordingId }: Deed): void {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO audit VALUES (NULL, ?, ?, ?, ?, ?, ?)')
      .run(
        Math.floor(this.#clock.nowMs()),
        actor,
        address ?? null,
        action,
        recordingId ?? null,
        detail?.slice(0, MAX_DETAIL_LENGTH) ?? null,
      );
    this.#database
      .prepare('DELETE FROM audit WHERE id <= ?')
      .run(Number(lastInsertRowid) - MAX_AUDIT_ENTRIES);
  }

  /** The newest first. @throws Fault `bad-request` for a cursor that is none */
  list(query: {
    recordingId?: string | undefined;
    action?: string | undefined;
    cursor?: string | undefined;
  }): { entries: AuditEntry[]; cursor?: string } {
    const conditions: string[] = ['id < ?'];
    const values: (string | number)[] = [beforeOf(query.cursor)];
    for (const [column, value] of [
      ['recording_id', query.recordingId],
      ['action', query.action],
    ] as const) {
      if (value === undefined) continue;
      conditions.push(`${column} = ?`);
      values.push(value);
    }
    const rows = this.#database
      .prepare(`SELECT * FROM audit WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`)
      .all(...values, AUDIT_PAGE_SIZE + 1);
    const entries = rows.slice(0, AUDIT_PAGE_SIZE).map(toEntry);
    const last = entries.at(-1);
    return rows.length > AUDIT_PAGE_SIZE && last ? { entries, cursor: String(last.id) } : { entries };
  }
}

function beforeOf(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^\d{1,15}$/.test(cursor)) throw new Fault('bad-request', 'cursor: is not from an earlier answer');
  return Number(cursor);
}

function toEntry(row: Record<string, unknown>): AuditEntry {
  return auditEntrySchema.parse({
    id: row.id,
    atMs: row.at_ms,
    actor: row.actor,
    address: row.address ?? undefined,
    action: row.action,
    recordingId: row.recording_id ?? undefined,
    detail: row.detail ?? undefined,
  });
}
