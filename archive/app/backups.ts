import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { SqliteDatabase } from '../database/sqlite-database.ts';

/** The youngest so many are kept, one a day, and none for longer: they hold names that may have been deleted since. */
export const KEPT_BACKUPS = 14;
const KEPT_MS = KEPT_BACKUPS * 86_400_000;
/** How often it is looked whether today's is there. */
export const BACKUP_PERIOD_MS = 3_600_000;

const NAME = /^app-\d{4}-\d\d-\d\d\.db$/;

/** Copies of app.db beside it, made while it is in use. */
export class Backups {
  readonly #database: SqliteDatabase;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #made: () => Promise<void>;
  readonly #isClockTrusted: () => Promise<boolean>;
  #endPeriod: () => void = () => {};
  #running: Promise<void> = Promise.resolve();

  /**
   * @param options.made is told of each backup
   * @param options.isClockTrusted whether what is too old by the clock is so
   */
  constructor(options: {
    database: SqliteDatabase;
    folder: string;
    clock: Clock;
    log: Log;
    made?: () => Promise<void>;
    isClockTrusted?: () => Promise<boolean>;
  }) {
    this.#isClockTrusted = options.isClockTrusted ?? (async () => true);
    this.#made = options.made ?? (async () => {});
    this.#database = options.database;
    this.#folder = options.folder;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Makes today's now if it is missing, and each later day's on its day, until closed. */
  start(): void {
    const make = () => {
      this.#running = this.#running.then(async () => {
        try {
          await this.makeTodays();
        } catch (cause) {
          this.#log.error('backup-failed', { cause: (cause as Error).message });
        }
      });
    };
    make();
    this.#endPeriod = this.#clock.every(BACKUP_PERIOD_MS, make);
  }

  /** Once a day (UTC); the oldest beyond KEPT_BACKUPS go. */
  async makeTodays(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const name = `app-${new Date(this.#clock.wallMs()).toISOString().slice(0, 10)}.db`;
    const there = await listBackups(this.#folder);
    if (there.includes(name)) return;
    const part = join(this.#folder, 'unfinished');
    await rm(part, { force: true });
    await this.#database.copyTo(part);
    await chmod(part, 0o600);
    await rename(part, join(this.#folder, name));
    const tooOld = `app-${new Date(this.#clock.wallMs() - KEPT_MS).toISOString().slice(0, 10)}.db`;
    for (const [index, old] of [name, ...there].sort().reverse().entries()) {
      if (index >= KEPT_BACKUPS || (old <= tooOld && (await this.#isClockTrusted())))
        await rm(join(this.#folder, old));
    }
    this.#log.info('backup-made', { name });
    await this.#made();
  }

  async close(): Promise<void> {
    this.#endPeriod();
    await this.#running;
  }
}

/** The names of the backups in a folder, the newest first; none when there is no folder. */
export async function listBackups(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => NAME.test(name))
      .sort()
      .reverse();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
