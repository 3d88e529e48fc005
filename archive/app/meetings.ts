import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { hashSecret, makeSecret, randomLetters, sameSecret } from '#service/secrets.ts';

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
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #max: number;
  #stopPruning: () => void = () => {};

  constructor(options: { database: DatabaseSync; clock: Clock; max?: number }) {
    this.#database = options.database;
    this.#clock = options.clock;
    this.#max = options.max ?? MAX_MEETINGS;
  }

  /** Begins to forget, once a day, what was never used. */
  start(): void {
    this.#prune();
    this.#stopPruning = this.#clock.every(DAY_MS, () => this.#prune());
  }

  close(): void {
    this.#stopPruning();
  }

  /** @throws Fault `rooms-full` beyond MAX_MEETINGS that were used */
  create(name: string): { meetingId: string; hostKey: string } {
    this.#makeRoom();
    const meetingId = [1, 2, 3].map(() => randomLetters(4)).join('-');
    const hostKey = makeSecret();
    this.#database
      .prepare('INSERT INTO meetings (meeting_id, name, host_key_hash, created_at_ms) VALUES (?, ?, ?, ?)')
      .run(meetingId, name, hashSecret(hostKey), Math.floor(this.#clock.wallMs()));
    return { meetingId, hostKey };
  }

  /** @throws Fault `meeting-not-found` */
  get(meetingId: string): Meeting {
    return { meetingId, name: this.#row(meetingId).name };
  }

  /** Recordings that there are keep the name that they were made under. @throws Fault `meeting-not-found` */
  rename(meetingId: string, name: string): Meeting {
    this.#database.prepare('UPDATE meetings SET name = ? WHERE meeting_id = ?').run(name, meetingId);
    return this.get(meetingId);
  }

  /** Somebody has come: it is kept. */
  used(meetingId: string): void {
    this.#database
      .prepare('UPDATE meetings SET used_at_ms = ? WHERE meeting_id = ? AND used_at_ms IS NULL')
      .run(Math.floor(this.#clock.wallMs()), meetingId);
  }

  /** False also when there is no such meeting. */
  isHostKey(meetingId: string, hostKey: string): boolean {
    const row = this.#find(meetingId);
    return row !== undefined && sameSecret(row.hostKeyHash, hashSecret(hostKey));
  }

  /** Where there are too many, the oldest that was never used gives way. @throws Fault `rooms-full` */
  #makeRoom(): void {
    // Numbers are never given anew below the highest: counting all of them is seldom needed.
    const last = this.#database.prepare('SELECT max(rowid) AS last FROM meetings').get();
    if (Number(last?.last ?? 0) < this.#max) return;
    const all = this.#database.prepare('SELECT count(*) AS count FROM meetings').get();
    if (Number(all?.count) < this.#max) return;
    const { changes } = this.#database
      .prepare(
        `DELETE FROM meetings WHERE rowid =
           (SELECT rowid FROM meetings WHERE used_at_ms IS NULL ORDER BY created_at_ms LIMIT 1)`,
      )
      .run();
    if (changes === 0) throw new Fault('rooms-full');
  }

  #prune(): void {
    this.#database
      .prepare('DELETE FROM meetings WHERE used_at_ms IS NULL AND created_at_ms < ?')
      .run(Math.floor(this.#clock.wallMs()) - UNUSED_DAYS * DAY_MS);
  }

  #row(meetingId: string): { name: string; hostKeyHash: string } {
    const row = this.#find(meetingId);
    if (!row) throw new Fault('meeting-not-found');
    return row;
  }

  #find(meetingId: string): { name: string; hostKeyHash: string } | undefined {
    const row = this.#database
      .prepare('SELECT name, host_key_hash FROM meetings WHERE meeting_id = ?')
      .get(meetingId);
    return row && { name: String(row.name), hostKeyHash: String(row.host_key_hash) };
  }
}
