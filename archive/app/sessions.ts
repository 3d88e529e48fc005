import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../service/clock.ts';
import { keyedHash } from '../../service/secrets.ts';
import { makeSecret } from './secrets.ts';

export const SESSION_LIFETIME_S = 7 * 24 * 60 * 60;
/** The oldest give way. */
export const MAX_SESSIONS = 100;

/** Signed-in browsers. The cookie's token is kept only as a hash keyed with SECRET: a new SECRET signs everybody out. */
export class Sessions {
  readonly #database: DatabaseSync;
  readonly #secret: string;
  readonly #clock: Clock;

  constructor(options: { database: DatabaseSync; secret: string; clock: Clock }) {
    this.#database = options.database;
    this.#secret = options.secret;
    this.#clock = options.clock;
  }

  /** @returns the token for the cookie */
  create(): string {
    const token = makeSecret();
    const nowMs = Math.floor(this.#clock.nowMs());
    this.#database.prepare('DELETE FROM sessions WHERE expires_at_ms <= ?').run(nowMs);
    this.#database
      .prepare('INSERT INTO sessions VALUES (?, ?, ?)')
      .run(keyedHash(this.#secret, token), nowMs, nowMs + SESSION_LIFETIME_S * 1000);
    this.#database
      .prepare(
        'DELETE FROM sessions WHERE rowid NOT IN (SELECT rowid FROM sessions ORDER BY rowid DESC LIMIT ?)',
      )
      .run(MAX_SESSIONS);
    return token;
  }

  isValid(token: string): boolean {
    const row = this.#database
      .prepare('SELECT 1 FROM sessions WHERE token_hash = ? AND expires_at_ms > ?')
      .get(keyedHash(this.#secret, token), Math.floor(this.#clock.nowMs()));
    return row !== undefined;
  }

  end(token: string): void {
    this.#database.prepare('DELETE FROM sessions WHERE token_hash = ?').run(keyedHash(this.#secret, token));
  }

  endAll(): void {
    this.#database.exec('DELETE FROM sessions');
  }
}
