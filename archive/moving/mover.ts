import { join } from 'node:path';
import { z } from 'zod';
import { LOWEST_PRIORITY } from '#service/child.ts';
import { startWork } from '#service/child-work.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { SpooledStore } from '#store/spooled-store.ts';
import type { MoveOrder } from './move-process.ts';
import { MARK_PERIOD_MS, markMoving, unmarkMoving } from './moving-mark.ts';

/** How often it is looked for what is finished. */
export const MOVE_PERIOD_MS = 10_000;
/** What failed is tried again after so long, and twice as long each time, up to a bound; for ever. */
export const RETRY_MS = 30_000;
const MAX_RETRY_MS = 3_600_000;
/** Of more, the one that failed first is tried again with the next round. */
const MAX_FAILED_KNOWN = 10_000;
/** It holds a part of a file at a time. */
const LIMITS = { niceness: LOWEST_PRIORITY, memoryBytes: 384 * 1024 ** 2 };

interface Parts {
  store: SpooledStore;
  order: Omit<MoveOrder, 'recordingId'>;
  /** Somebody is being sent something of it, by its path. */
  isBeingSent: (recordingId: string) => boolean;
  moved: (recordingId: string) => Promise<void>;
  clock: Clock;
  log: Log;
}

/**
 * Moves recordings from the spool to their place once they are finished: closed, nobody's to write, each file with its sum. One at a
 * time, in a process of its own. Nothing leaves the spool before all of it was read back from its place.
 */
export class Mover {
  readonly #parts: Parts;
  readonly #failed = new RecentMap<string, { waitMs: number; untilMs: number }>(MAX_FAILED_KNOWN);
  readonly #closing = new AbortController();
  #endPeriods: () => void = () => {};
  #running: Promise<void> | undefined;
  #marked: Promise<void> | undefined;
  moves = 0;
  failures = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks every MOVE_PERIOD_MS, until closed. */
  start(): void {
    const { clock } = this.#parts;
    const endMoves = clock.every(MOVE_PERIOD_MS, () => {
      this.#running ??= this.run().finally(() => {
        this.#running = undefined;
      });
    });
    this.#mark();
    const endMarks = clock.every(MARK_PERIOD_MS, () => this.#mark());
    this.#endPeriods = () => {
      endMoves();
      endMarks();
    };
  }

  /** Recordings in the spool. */
  get waiting(): number {
    return this.#parts.store.spooled.length;
  }

  /** Moves what can be moved now. What cannot be does not stand in the way of what can. */
  async run(): Promise<void> {
    const { log, store } = this.#parts;
    for (const recordingId of store.spooled) {
      if (this.#closing.signal.aborted) return;
      if ((this.#failed.get(recordingId)?.untilMs ?? 0) > this.#parts.clock.nowMs()) continue;
      try {
        await this.#move(recordingId);
        this.#failed.delete(recordingId);
      } catch (cause) {
        if (this.#closing.signal.aborted) return;
        this.failures += 1;
        const waitMs = Math.min(MAX_RETRY_MS, 2 * (this.#failed.get(recordingId)?.waitMs ?? RETRY_MS / 2));
        this.#failed.set(recordingId, { waitMs, untilMs: this.#parts.clock.nowMs() + waitMs });
        log.warn('move-failed', { recordingId, retryMs: waitMs, cause: (cause as Error).message });
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    this.#endPeriods();
    await this.#running;
    await this.#marked;
    await this.#orTold(unmarkMoving(this.#parts.order.spool));
  }

  /** Whoever would bring recordings back sees it. */
  #mark(): void {
    this.#marked = this.#orTold(markMoving(this.#parts.order.spool));
  }

  #orTold(marking: Promise<void>): Promise<void> {
    return marking.catch((cause: Error) =>
      this.#parts.log.warn('moving-not-marked', { cause: cause.message }),
    );
  }

  async #move(recordingId: string): Promise<void> {
    const { isBeingSent, log, moved, store } = this.#parts;
    if (!(await this.#isFinished(recordingId)) || isBeingSent(recordingId)) return;
    const settled = await store.move(recordingId, {
      copy: (signal) => this.#copy(recordingId, signal),
      isInUse: () => isBeingSent(recordingId),
    });
    if (settled !== 'moved') return;
    this.moves += 1;
    log.info('recording-moved', { recordingId });
    await moved(recordingId);
  }

  async #isFinished(recordingId: string): Promise<boolean> {
    const { store } = this.#parts;
    const stored = await store.readManifest(recordingId);
    if (!stored || stored.manifest.state === 'recording' || (await store.isOwned(recordingId))) return false;
    for (const { name, sha256 } of stored.manifest.files) {
      if (sha256 === undefined && (await store.stat(recordingId, name))) return false;
    }
    return true;
  }

  /** @returns the version of the manifest that was copied */
  async #copy(recordingId: string, signal: AbortSignal): Promise<string> {
    let version: string | undefined;
    const { child, over } = startWork({
      entry: join(import.meta.dirname, 'move-process.ts'),
      order: { ...this.#parts.order, recordingId },
      limits: LIMITS,
      signal: AbortSignal.any([signal, this.#closing.signal]),
      news: z.string(),
      hear: (told) => {
        version = told;
      },
    });
    child.stdout?.resume();
    await over;
    if (version === undefined) throw new Error('the process that copies told of nothing');
    return version;
  }
}
