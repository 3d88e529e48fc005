import { Fault } from '#protocol/errors.ts';
import { AUDIT_PAGE_SIZE, type AuditEntry, auditEntrySchema } from '#protocol/http/audit.ts';
import type { Clock } from '#service/clock.ts';
import { inTurn } from '#service/in-turn.ts';
import type { Log } from '#service/log.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { Database, Sql, Value } from '../database/database.ts';
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
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #writesWatching: boolean;
  readonly #maxEntries: number;
  readonly #quota: AuditQuota;
  readonly #watched = new RecentMap<string, number>(MAX_WATCHED);
  /** What happened first is written down first. */
  readonly #inTurn = inTurn();
  #endPeriod: () => void = () => {};
  #isClosed = false;

  /** @param options.maxEntries the oldest beyond them give way */
  constructor(options: {
    database: Database;
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
    const told = (cause: Error) => this.#log.error('audit-failed', { cause: cause.message });
    this.tellHead().catch(told);
    this.#endPeriod = this.#clock.every(COUNTED_PERIOD_MS, () => {
      this.#inTurn(() => this.#appendEach(this.#quota.due(this.#clock.nowMs()))).catch(told);
    });
  }

  /** Puts the end of the chain into the log, where whoever shortens the database cannot reach it. */
  async tellHead(): Promise<void> {
    this.#log.info('audit-head', { ...(await headOf(this.#database)) });
  }

  /** What has happened. @returns once it is written down */
  record(deed: Deed): Promise<void> {
    return this.#inTurn(async () => {
      // The last answers may end after everything else.
      if (this.#isClosed) return;
      await this.#appendEach(await this.#quota.take(deed, this.#clock.nowMs()));
    });
  }

  /** Somebody is being sent what they watch: written down once, however many requests a player makes of it. */
  async watched(deed: Omit<Deed, 'action'>, viewer: string): Promise<void> {
    if (!this.#writesWatching) return;
    const key = `${viewer} ${deed.recordingId}`;
    const nowMs = this.#clock.nowMs();
    const lastMs = this.#watched.get(key) ?? Number.NEGATIVE_INFINITY;
    this.#watched.set(key, nowMs);
    if (nowMs - lastMs > WATCH_PAUSE_MS) await this.record({ ...deed, action: 'recording-watched' });
  }

  close(): Promise<void> {
    this.#endPeriod();
    return this.#inTurn(async () => {
      if (this.#isClosed) return;
      await this.#appendEach(this.#quota.rest());
      this.#isClosed = true;
      await this.tellHead();
    });
  }

  async #appendEach(deeds: readonly Deed[]): Promise<void> {
    for (const deed of deeds) await this.#append(deed);
  }

  #append({ action, actor, address, detail, recordingId }: Deed): Promise<void> {
    return this.#database.transaction('audit', async (sql) => {
      const last = await headOf(sql);
      const row = {
        id: last.id + 1,
        at_ms: Math.floor(this.#clock.wallMs()),
        actor,
        address: address ?? null,
        action,
        recording_id: recordingId ?? null,
        detail: detail?.slice(0, MAX_DETAIL_LENGTH) ?? null,
      };
      await sql.run(
        `INSERT INTO audit (id, at_ms, actor, address, action, recording_id, detail, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...Object.values(row),
        hashAfter(last.hash, row),
      );
      await prune(sql, row.id - this.#maxEntries);
    });
  }

  async #entriesOf(address: string): Promise<number> {
    const row = await this.#database.get('SELECT count(*) AS count FROM audit WHERE address = ?', address);
    return Number(row?.count);
  }

  /** The newest first. @throws Fault `bad-request` for a cursor that is none */
  async list(query: {
    recordingId?: string | undefined;
    action?: string | undefined;
    cursor?: string | undefined;
  }): Promise<{ entries: AuditEntry[]; cursor?: string }> {
    const conditions: string[] = ['id < ?'];
    const values: Value[] = [beforeOf(query.cursor)];
    for (const [column, value] of [
      ['recording_id', query.recordingId],
      ['action', query.action],
    ] as const) {
      if (value === undefined) continue;
      conditions.push(`${column} = ?`);
      values.push(value);
    }
    const rows = await this.#database.all(
      `SELECT * FROM audit WHERE ${conditions.join(' AND ')} ORDER BY id DESC LIMIT ?`,
      ...values,
      AUDIT_PAGE_SIZE + 1,
    );
    const entries = rows.slice(0, AUDIT_PAGE_SIZE).map(toEntry);
    const last = entries.at(-1);
    return rows.length > AUDIT_PAGE_SIZE && last ? { entries, cursor: String(last.id) } : { entries };
  }
}

/** The chain goes on from the last one that goes. */
async function prune(sql: Sql, upTo: number): Promise<void> {
  const gone = await sql.get('SELECT id, hash FROM audit WHERE id = ?', upTo);
  if (!gone) return;
  await sql.run('UPDATE audit_anchor SET id = ?, hash = ?', upTo, String(gone.hash));
  await sql.run('DELETE FROM audit WHERE id <= ?', upTo);
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
