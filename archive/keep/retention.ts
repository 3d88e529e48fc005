import type { DatabaseSync } from 'node:sqlite';
import type { RecordingSummary } from '../../protocol/archive-api.ts';
import { MAX_RECORDINGS_PAGE_SIZE } from '../../protocol/archive-api.ts';
import {
  RETENTION_PLAN_SIZE,
  type Retention,
  type RetentionPlan,
  retentionSchema,
} from '../../protocol/storage-api.ts';
import type { Clock } from '../../service/clock.ts';
import type { Log } from '../../service/log.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Deletion } from './deletion.ts';
import type { Pins } from './pins.ts';

const KEY = 'retention';
const DAY_MS = 86_400_000;
export const RETENTION_PERIOD_MS = 3_600_000;

type Doomed = RetentionPlan['recordings'][number];

/** Deletes what is too old or too much, the oldest first; never what is pinned or still being made. */
export class RetentionKeeper {
  readonly #parts: {
    database: DatabaseSync;
    catalog: Catalog;
    pins: Pins;
    deletion: Deletion;
    clock: Clock;
    log: Log;
    initial: Retention;
  };
  #running: Promise<void> = Promise.resolve();
  #endPeriod: () => void = () => {};

  /** @param parts.initial holds until something else is set */
  constructor(parts: {
    database: DatabaseSync;
    catalog: Catalog;
    pins: Pins;
    deletion: Deletion;
    clock: Clock;
    log: Log;
    initial: Retention;
  }) {
    this.#parts = parts;
  }

  get settings(): Retention {
    const row = this.#parts.database.prepare('SELECT value FROM settings WHERE key = ?').get(KEY);
    return row ? retentionSchema.parse(JSON.parse(String(row.value))) : this.#parts.initial;
  }

  set(retention: Retention): void {
    this.#parts.database
      .prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)')
      .run(KEY, JSON.stringify(retention));
  }

  /** What these rules would delete now. */
  async plan(retention: Retention): Promise<RetentionPlan> {
    const doomed = await this.#doomed(retention);
    return {
      recordings: doomed.slice(0, RETENTION_PLAN_SIZE),
      count: doomed.length,
      bytes: doomed.reduce((sum, { summary }) => sum + summary.bytes, 0),
    };
  }

  /** Deletes by the rules every RETENTION_PERIOD_MS until closed. */
  start(): void {
    this.#endPeriod = this.#parts.clock.every(RETENTION_PERIOD_MS, () => {
      this.#running = this.#running.then(() => this.run());
    });
  }

  /** Deletes what the rules in force name. */
  async run(): Promise<void> {
    for (const { reason, summary } of await this.#doomed(this.settings)) {
      const { recordingId } = summary;
      try {
        await this.#parts.deletion.recording(recordingId, { actor: 'retention' });
        this.#parts.log.info('retention-deleted', { recordingId, reason });
      } catch (cause) {
        this.#parts.log.error('retention-failed', { recordingId, cause: (cause as Error).message });
      }
    }
  }

  async close(): Promise<void> {
    this.#endPeriod();
    await this.#running;
  }

  async #doomed({ days, maxBytes }: Retention): Promise<Doomed[]> {
    if (days === null && maxBytes === null) return [];
    const beforeMs = days === null ? Number.NEGATIVE_INFINITY : this.#parts.clock.nowMs() - days * DAY_MS;
    let bytes = (await this.#parts.catalog.totals()).bytes;
    const doomed: Doomed[] = [];
    for await (const summary of this.#oldestFirst()) {
      const tooOld = summary.startedAtMs < beforeMs;
      const tooMuch = maxBytes !== null && bytes > maxBytes;
      if (!tooOld && !tooMuch) break;
      if (summary.state === 'recording' || this.#parts.pins.has(summary.recordingId)) continue;
      doomed.push({ summary, reason: tooOld ? 'days' : 'bytes' });
      bytes -= summary.bytes;
    }
    return doomed;
  }

  async *#oldestFirst(): AsyncGenerator<RecordingSummary> {
    let cursor: string | undefined;
    do {
      const page = await this.#parts.catalog.list({
        sort: 'oldest',
        limit: MAX_RECORDINGS_PAGE_SIZE,
        ...(cursor !== undefined && { cursor }),
      });
      // Recordings being made come first in every list, whenever they began.
      for (const { summary } of page.entries) if (summary.state !== 'recording') yield summary;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}
