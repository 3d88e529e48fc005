import { z } from 'zod';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { readSetting, writeSetting } from '../app/settings.ts';
import type { Database, Sql } from '../database/database.ts';

const KEY = 'clock';
/** How often it is looked at the clock. */
export const CLOCK_PERIOD_MS = 600_000;
/** A clock that goes ahead by so much more than time has passed was set. */
const JUMP_MS = 3_600_000;
/** How long nobody looked is not known after a restart: off for a long weekend is usual, beyond it a wrong clock is likelier. */
const JUMP_OVER_RESTART_MS = 4 * 86_400_000;
/** After so long a wrong clock would have been seen, and set right. */
const CONFIRMED_AFTER_MS = 86_400_000;

const stateSchema = z.object({
  wallMs: z.number(),
  jump: z.object({ byMs: z.number(), leftMs: z.number() }).optional(),
});
type State = z.infer<typeof stateSchema>;

/**
 * Whether something may be deleted because of its age. A clock that jumped ahead makes everything old in one moment, and one
 * that was wrong before has dated recordings too early: for a day of running time nothing is too old then, or until somebody
 * who has seen what would go lets it go. A clock that goes back deletes nothing.
 */
export class ClockTrust {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  /** When this process looked last, by what no setting changes. */
  #lookedUpMs: number | undefined;
  #endPeriod: () => void = () => {};
  #looking: Promise<unknown> = Promise.resolve();

  constructor(options: { database: Database; clock: Clock; log: Log }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Looks now, and every CLOCK_PERIOD_MS until closed. */
  start(): void {
    const look = () => {
      this.#looking = this.#look().catch((cause: Error) =>
        this.#log.error('clock-look-failed', { cause: cause.message }),
      );
    };
    look();
    this.#endPeriod = this.#clock.every(CLOCK_PERIOD_MS, look);
  }

  async close(): Promise<void> {
    this.#endPeriod();
    await this.#looking;
  }

  /** By how much the clock has jumped ahead, and for how long that counts yet; undefined while it can be believed. */
  async jump(): Promise<State['jump']> {
    return (await this.#look()).jump;
  }

  /** Somebody has seen what is too old by this clock. */
  async confirm(): Promise<void> {
    const state = { wallMs: this.#clock.wallMs() };
    await this.#database.transaction('settings', (sql) => save(sql, state));
  }

  async #look(): Promise<State> {
    let upMs = 0;
    const state = await this.#database.transaction('settings', async (sql) => {
      const before = await saved(sql);
      upMs = this.#clock.upMs();
      const now = this.#stateAfter(before, upMs);
      await save(sql, now);
      return now;
    });
    this.#lookedUpMs = upMs;
    return state;
  }

  #stateAfter(before: State | undefined, upMs: number): State {
    const wallMs = this.#clock.wallMs();
    const passedMs = upMs - (this.#lookedUpMs ?? upMs);
    const aheadMs = before === undefined ? 0 : wallMs - before.wallMs - passedMs;
    const limitMs = this.#lookedUpMs === undefined ? JUMP_OVER_RESTART_MS : JUMP_MS;
    const leftMs = (before?.jump?.leftMs ?? 0) - passedMs;
    let jump = before?.jump && leftMs > 0 ? { ...before.jump, leftMs } : undefined;
    if (aheadMs > limitMs) {
      jump = { byMs: aheadMs, leftMs: CONFIRMED_AFTER_MS };
      this.#log.warn('clock-jumped', { byMs: Math.round(aheadMs), trustedInMs: CONFIRMED_AFTER_MS });
    }
    return { wallMs, ...(jump && { jump }) };
  }
}

async function saved(sql: Sql): Promise<State | undefined> {
  const value = await readSetting(sql, KEY);
  return value === undefined ? undefined : stateSchema.parse(JSON.parse(value));
}

const save = (sql: Sql, state: State) => writeSetting(sql, KEY, JSON.stringify(state));
