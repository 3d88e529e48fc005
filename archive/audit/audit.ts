import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '#protocol/errors.ts';
import { AUDIT_PAGE_SIZE, type AuditEntry, auditEntrySchema } from '#protocol/http/audit.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { RecentMap } from '#service/recent-map.ts';
import { hashAfter, headOf } from './chain.ts';
import type { Deed } from './deed.ts';
import { AuditQuota } from './quota.ts';

/** The oldest give way. */
export const MAX_AUDIT_ENTRIES = 1_000_000;
const MAX_DETAIL_LENGTH = 500;

/** How often what was only counted is looked at. */
const COUNTED_PERIOD_MS = 600_000;
/** Without a request for so long, whoever watches again has come back. */
export const WATCH_PAUSE_MS = 1_800_000;
/** Who watches what; of more, the first ones are written down again. */
const MAX_WATCHED = 10_000;

/** Who did what, only ever appended to, each entry chained to the one before it. */
export class Audit {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #writesWatching: boolean;
  readonly #maxEntries: number;
  readonly #quota: AuditQuota;
  readonly #watched = new RecentMap<string, number>(MAX_WATCHED);
  #endPeriod: () => void = () => {};
  #isClosed = false;

  /** @param options.maxEntries the oldest beyond them give way */
  constructor(options: {
    database: DatabaseSync;
    clock: Clock;
    log: Log;
    writesWatching: boolean;
    maxEntries?: number;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#writesWatching = options.writesWatching;
    this.#maxEntries = options.maxEntries ?? MAX_AUDIT_ENTRIES;
    this.#quota = new AuditQuota((address) => this.#entriesOf(address));
  }

  start(): void {
    this.tellHead();
    this.#endPeriod = this.#clock.every(COUNTED_PERIOD_MS, () => {
      for (const deed of this.#quota.due(this.#clock.nowMs())) this.#append(deed);
    });
  }

  /** Puts the end of the chain into the log, where whoever shortens the database cannot reach it. */
  tellHead(): void {
    this.#log.info('audit-head', { ...headOf(this.#database) });
  }

  /** What has happened. */
  record(deed: Deed): void {
    // The last answers may end after everything else.
    if (this.#isClosed) return;
    for (const one of this.#quota.take(deed, this.#clock.nowMs())) this.#append(one);
  }

  /** Somebody is being sent what they watch: written down once, however many requests a player makes of it. */
  watched(deed: Omit<Deed, 'action'>, viewer: string): void {
    if (!this.#writesWatching) return;
    const key = `${viewer} ${deed.recordingId}`;
    const nowMs = this.#clock.nowMs();
    const lastMs = this.#watched.get(key) ?? Number.NEGATIVE_INFINITY;
    this.#watched.set(key, nowMs);
    if (nowMs - lastMs > WATCH_PAUSE_MS) this.record({ ...deed, action: 'recording-watched' });
  }

  close(): void {
    this.#endPeriod();
    if (this.#isClosed) return;
    for (const deed of this.#quota.rest()) this.#append(deed);
    this.#isClosed = true;
    this.tellHead();
  }

  #append({ action, actor, address, detail, recordingId }: Deed): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const last = headOf(this.#database);
      const row = {
        id: last.id + 1,
        at_ms: Math.floor(this.#clock.wallMs()),
        actor,
        address: address ?? null,
        action,
        recording_id: recordingId ?? null,
        detail: detail?.slice(0, MAX_DETAIL_LENGTH) ?? null,
      };
      this.#database
        .prepare('INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
        .run(...Object.values(row), hashAfter(last.hash, row));
      this.#prune(row.id - this.#maxEntries);
      this.#database.exec('COMMIT');
    } catch (cause) {
      this.#database.exec('ROLLBACK');
      throw cause;
    }
  }

  /** The chain goes on from the last one that goes. */
  #prune(upTo: number): void {
    const gone = this.#database.prepare('SELECT id, hash FROM audit WHERE id = ?').get(upTo);
    if (!gone) return;
    this.#database.prepare('UPDATE audit_anchor SET id = ?, hash = ?').run(upTo, String(gone.hash));
    this.#database.prepare('DELETE FROM audit WHERE id <= ?').run(upTo);
  }

  #entriesOf(address: string): number {
    const row = this.#database.prepare('SELECT count(*) AS count FROM audit WHERE address = ?').get(address);
    return Number(row?.count);
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
