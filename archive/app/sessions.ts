import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#service/clock.ts';
import { keyedHash, makeSecret } from '#service/secrets.ts';
import type { Hold, OpenStreams } from '../streams/open-streams.ts';

export const SESSION_LIFETIME_S = 7 * 24 * 60 * 60;
/** The oldest give way. */
export const MAX_SESSIONS = 100;

/** Signed-in browsers. The cookie's token is kept only as a hash keyed with SECRET: a new SECRET signs everybody out. */
export class Sessions {
  readonly #database: DatabaseSync;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #streams: OpenStreams;

  constructor(options: { database: DatabaseSync; secret: string; clock: Clock; streams: OpenStreams }) {
    this.#streams = options.streams;
    this.#database = options.database;
    this.#secret = options.secret;
    this.#clock = options.clock;
  }

  /** @returns the token for the cookie */
  create(): string {
    const token = makeSecret();
    const nowMs = Math.floor(this.#clock.wallMs());
    this.#database.prepare('DELETE FROM sessions WHERE expires_at_ms <= ?').run(nowMs);
    this.#database
      .prepare('INSERT INTO sessions VALUES (?, ?, ?)')
      .run(keyedHash(this.#secret, token), nowMs, nowMs + SESSION_LIFETIME_S * 1000);
    const dropped = this.#database
      .prepare(
        `DELETE FROM sessions WHERE rowid NOT IN (SELECT rowid FROM sessions ORDER BY rowid DESC LIMIT ?)
         RETURNING token_hash`,
      )
      .all(MAX_SESSIONS);
    for (const { token_hash: hash } of dropped) this.#streams.end(`session:${hash}`);
    return token;
  }

  isValid(token: string): boolean {
    return this.find(token) !== undefined;
  }

  /** What is sent under a session hangs on `hold`. Undefined when there is no such session, or no more. */
  find(token: string): { hold: Hold; expiresAtMs: number } | undefined {
    const hash = keyedHash(this.#secret, token);
    const row = this.#database
      .prepare('SELECT expires_at_ms FROM sessions WHERE token_hash = ? AND expires_at_ms > ?')
      .get(hash, Math.floor(this.#clock.wallMs()));
    return row && { hold: `session:${hash}`, expiresAtMs: Number(row.expires_at_ms) };
  }

  /** @returns whether there was one */
  end(token: string): boolean {
    const hash = keyedHash(this.#secret, token);
    const { changes } = this.#database.prepare('DELETE FROM sessions WHERE token_hash = ?').run(hash);
    this.#streams.end(`session:${hash}`);
    return changes > 0;
  }

  endAll(): void {
    this.#database.exec('DELETE FROM sessions');
    this.#streams.end('admin');
  }
}
