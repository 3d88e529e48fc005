import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../protocol/errors.ts';
import type { Clock } from '../../service/clock.ts';
import { sameSecret } from '../../service/secrets.ts';
import { hashSecret, makeSecret, randomLetters } from './secrets.ts';

export const MAX_MEETINGS = 1_000_000;

export interface Meeting {
  meetingId: string;
  name: string;
}

/** The meetings that were made here, with a hash of each host key. */
export class Meetings {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(options: { database: DatabaseSync; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  /** @throws Fault `rooms-full` beyond MAX_MEETINGS */
  create(name: string): { meetingId: string; hostKey: string } {
    const last = this.#database.prepare('SELECT max(rowid) AS last FROM meetings').get();
    if (Number(last?.last ?? 0) >= MAX_MEETINGS) throw new Fault('rooms-full');
    const meetingId = [1, 2, 3].map(() => randomLetters(4)).join('-');
    const hostKey = makeSecret();
    this.#database
      .prepare('INSERT INTO meetings VALUES (?, ?, ?, ?)')
      .run(meetingId, name, hashSecret(hostKey), Math.floor(this.#clock.nowMs()));
    return { meetingId, hostKey };
  }

  /** @throws Fault `meeting-not-found` */
  get(meetingId: string): Meeting {
    return { meetingId, name: this.#row(meetingId).name };
  }

  /** False also when there is no such meeting. */
  isHostKey(meetingId: string, hostKey: string): boolean {
    const row = this.#find(meetingId);
    return row !== undefined && sameSecret(row.hostKeyHash, hashSecret(hostKey));
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
