import type { RecordingSummary } from '#protocol/http/recordings.ts';
import { MAX_RECORDINGS_PAGE_SIZE } from '#protocol/http/recordings.ts';
import {
  RETENTION_PLAN_SIZE,
  type Retention,
  type RetentionPlan,
  type RetentionRun,
  retentionSchema,
} from '#protocol/http/storage.ts';
import type { Clock } from '#service/clock.ts';
import { inTurn } from '#service/in-turn.ts';
import type { Log } from '#service/log.ts';
import { readSetting, writeSetting } from '../app/settings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Sql } from '../database/database.ts';
import type { ClockTrust } from './clock-trust.ts';
import type { Deleter, Deletion } from './deletion.ts';
import { FairShare } from './fair-share.ts';
import type { Pins } from './pins.ts';

const KEY = 'retention';
const DAY_MS = 86_400_000;
export const RETENTION_PERIOD_MS = 3_600_000;

type Doomed = RetentionPlan['recordings'][number];
interface Verdict {
  doomed: Doomed[];
  spared: RecordingSummary[];
}
const BY_ITSELF: Deleter = { actor: 'retention' };

interface Parts {
  database: Sql;
  catalog: Catalog;
  pins: Pins;
  deletion: Deletion;
  clock: Clock;
  trust: ClockTrust;
  log: Log;
  /** Holds until something else is set. */
  initial: Retention;
}

/**
 * Deletes what is too old, the oldest first, and of what is too much that of the meeting with the largest share (FairShare), its
 * oldest first; never what is pinned or still being made. After a jump of the clock nothing is too old by itself (ClockTrust).
 */
export class RetentionKeeper {
  readonly #parts: Parts;
  readonly #inTurn = inTurn();
  #endPeriod: () => void = () => {};

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async settings(): Promise<Retention> {
    const value = await readSetting(this.#parts.database, KEY);
    return value === undefined ? this.#parts.initial : retentionSchema.parse(JSON.parse(value));
  }

  async set(retention: Retention): Promise<void> {
    await writeSetting(this.#parts.database, KEY, JSON.stringify(retention));
  }

  /** What these rules would delete now. */
  async plan(retention: Retention): Promise<RetentionPlan> {
    const { doomed, spared } = await this.#judge(retention);
    return {
      recordings: doomed.slice(0, RETENTION_PLAN_SIZE),
      count: doomed.length,
      bytes: doomed.reduce((sum, { summary }) => sum + summary.bytes, 0),
      pinned: { count: spared.length, bytes: spared.reduce((sum, { bytes }) => sum + bytes, 0) },
    };
  }

  /** Deletes by the rules every RETENTION_PERIOD_MS until closed. */
  start(): void {
    this.#endPeriod = this.#parts.clock.every(RETENTION_PERIOD_MS, () => {
      this.run().catch((cause: Error) => this.#parts.log.error('retention-failed', { cause: cause.message }));
    });
  }

  /** Deletes what the rules in force name; when it is at work already, again after that. */
  run(deleter: Deleter = BY_ITSELF): Promise<RetentionRun> {
    return this.#inTurn(() => this.#run(deleter));
  }

  async #run(deleter: Deleter): Promise<RetentionRun> {
    const result: RetentionRun = { recordings: 0, bytes: 0, failed: 0 };
    const { trust } = this.#parts;
    // Whoever has them carried out has seen what goes.
    if (deleter !== BY_ITSELF) await trust.confirm();
    const settings = await this.settings();
    const rules = (await trust.jump()) ? { ...settings, days: null } : settings;
    for (const { reason, summary } of (await this.#judge(rules)).doomed) {
      const { recordingId } = summary;
      try {
        result.bytes += (await this.#parts.deletion.recording(recordingId, deleter)).bytes;
        result.recordings += 1;
        this.#parts.log.info('retention-deleted', { recordingId, reason });
      } catch (cause) {
        result.failed += 1;
        this.#parts.log.error('retention-failed', { recordingId, cause: (cause as Error).message });
      }
    }
    return result;
  }

  async close(): Promise<void> {
    this.#endPeriod();
    await this.#inTurn(() => {});
  }

  /** What rules take, and what they would take if it were not pinned. */
  async #judge({ days, maxBytes }: Retention): Promise<Verdict> {
    const verdict: Verdict = { doomed: [], spared: [] };
    if (days !== null) await this.#judgeAge(this.#parts.clock.wallMs() - days * DAY_MS, verdict);
    if (maxBytes !== null) await this.#judgeSize(maxBytes, verdict);
    return verdict;
  }

  async #judgeAge(beforeMs: number, { doomed, spared }: Verdict): Promise<void> {
    for await (const summary of this.#oldestFirst()) {
      if (summary.startedAtMs >= beforeMs) return;
      if (await this.#parts.pins.has(summary.recordingId)) spared.push(summary);
      else doomed.push({ summary, reason: 'days' });
    }
  }

  async #judgeSize(maxBytes: number, { doomed, spared }: Verdict): Promise<void> {
    const byMeeting = await this.#parts.catalog.bytesByMeeting();
    const judged = new Set(
      [...doomed.map(({ summary }) => summary), ...spared].map((one) => one.recordingId),
    );
    for (const { summary } of doomed) {
      byMeeting.set(summary.meetingId, (byMeeting.get(summary.meetingId) ?? 0) - summary.bytes);
    }
    let bytes = [...byMeeting.values()].reduce((sum, share) => sum + share, 0);
    const shares = new FairShare(byMeeting);
    const oldest = new Map<string, AsyncGenerator<RecordingSummary>>();
    for (
      let meetingId = shares.largest;
      meetingId !== undefined && bytes > maxBytes;
      meetingId = shares.largest
    ) {
      const ofMeeting = oldest.get(meetingId) ?? this.#oldestFirst(meetingId);
      oldest.set(meetingId, ofMeeting);
      const { done, value: summary } = await ofMeeting.next();
      if (done) shares.passOver();
      else if (judged.has(summary.recordingId)) continue;
      else if (await this.#parts.pins.has(summary.recordingId)) spared.push(summary);
      else {
        doomed.push({ summary, reason: 'bytes' });
        shares.give(summary.bytes);
        bytes -= summary.bytes;
      }
    }
  }

  async *#oldestFirst(meetingId?: string): AsyncGenerator<RecordingSummary> {
    let cursor: string | undefined;
    do {
      const page = await this.#parts.catalog.list({
        sort: 'oldest',
        limit: MAX_RECORDINGS_PAGE_SIZE,
        ...(meetingId !== undefined && { meetingId }),
        ...(cursor !== undefined && { cursor }),
      });
      // Recordings being made come first in every list, whenever they began.
      for (const { summary } of page.entries) if (summary.state !== 'recording') yield summary;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}
