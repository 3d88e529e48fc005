import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { hashSecret, makeSecret, randomLetters, sameSecret } from '#service/secrets.ts';
import type { Database, Sql } from '../database/database.ts';

export const MAX_MEETINGS = 1_000_000;
/** A meeting that nobody has entered by then is forgotten: one made for next quarter is not. */
export const UNUSED_DAYS = 120;
const DAY_MS = 24 * 3_600_000;

export interface Meeting {
  meetingId: string;
  name: string;
}

/** The meetings that were made here, with a hash of each host key. */
export class Meetings {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #max: number;
  #stopPruning: () => void = () => {};
  #pruning: Promise<void> = Promise.resolve();

  constructor(options: { database: Database; clock: Clock; log: Log; max?: number }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#max = options.max ?? MAX_MEETINGS;
  }

  /** Begins to forget, once a day, what was never used. */
  start(): void {
    const prune = () => {
      this.#pruning = this.#prune().catch((cause: Error) =>
        this.#log.error('meetings-prune-failed', { cause: cause.message }),
      );
    };
    prune();
    this.#stopPruning = this.#clock.every(DAY_MS, prune);
  }

  async close(): Promise<void> {
    this.#stopPruning();
    await this.#pruning;
  }

  /** @throws Fault `rooms-full` beyond MAX_MEETINGS that were used */
  async create(name: string): Promise<{ meetingId: string; hostKey: string }> {
    const meetingId = [1, 2, 3].map(() => randomLetters(4)).join('-');
    const hostKey = makeSecret();
    await this.#database.transaction('meetings', async (sql) => {
      await this.#makeRoom(sql);
      await sql.run(
        'INSERT INTO meetings (meeting_id, name, host_key_hash, created_at_ms) VALUES (?, ?, ?, ?)',
        meetingId,
        name,
        hashSecret(hostKey),
        Math.floor(this.#clock.wallMs()),
      );
    });
    return { meetingId, hostKey };
  }

  /** @throws Fault `meeting-not-found` */
  async get(meetingId: string): Promise<Meeting> {
    const found = await this.#find(meetingId);
    if (!found) throw new Fault('meeting-not-found');
    return { meetingId, name: found.name };
  }

  /** Recordings that there are keep the name that they were made under. @throws Fault `meeting-not-found` */
  async rename(meetingId: string, name: string): Promise<Meeting> {
    await this.#database.run('UPDATE meetings SET name = ? WHERE meeting_id = ?', name, meetingId);
    return this.get(meetingId);
  }

  /** Somebody has come: it is kept. */
  async used(meetingId: string): Promise<void> {
    await this.#database.run(
      'UPDATE meetings SET used_at_ms = ? WHERE meeting_id = ? AND used_at_ms IS NULL',
      Math.floor(this.#clock.wallMs()),
      meetingId,
    );
  }

  /** False also when there is no such meeting. */
  async isHostKey(meetingId: string, hostKey: string): Promise<boolean> {
    const found = await this.#find(meetingId);
    return found !== undefined && sameSecret(found.hostKeyHash, hashSecret(hostKey));
  }

  /** Where there are too many, the oldest that was never used gives way. @throws Fault `rooms-full` */
  async #makeRoom(sql: Sql): Promise<void> {
    // Numbers are never given anew below the highest: counting all of them is seldom needed.
    const last = await sql.get('SELECT max(rowid) AS last FROM meetings');
    if (Number(last?.last ?? 0) < this.#max) return;
    const all = await sql.get('SELECT count(*) AS count FROM meetings');
    if (Number(all?.count) < this.#max) return;
    const gone = await sql.run(
      `DELETE FROM meetings WHERE rowid =
         (SELECT rowid FROM meetings WHERE used_at_ms IS NULL ORDER BY created_at_ms LIMIT 1)`,
    );
    if (gone === 0) throw new Fault('rooms-full');
  }

  async #prune(): Promise<void> {
    await this.#database.run(
      'DELETE FROM meetings WHERE used_at_ms IS NULL AND created_at_ms < ?',
      Math.floor(this.#clock.wallMs()) - UNUSED_DAYS * DAY_MS,
    );
  }

  async #find(meetingId: string): Promise<{ name: string; hostKeyHash: string } | undefined> {
    const row = await this.#database.get(
      'SELECT name, host_key_hash FROM meetings WHERE meeting_id = ?',
      meetingId,
    );
    return row && { name: String(row.name), hostKeyHash: String(row.host_key_hash) };
  }
}
