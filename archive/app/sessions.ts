import type { Clock } from '#service/clock.ts';
import { keyedHash, makeSecret } from '#service/secrets.ts';
import type { Sql } from '../database/database.ts';
import type { Hold, OpenStreams } from '../streams/open-streams.ts';

export const SESSION_LIFETIME_S = 7 * 24 * 60 * 60;
/** The oldest give way. */
export const MAX_SESSIONS = 100;

/** Signed-in browsers. The cookie's token is kept only as a hash keyed with SECRET: a new SECRET signs everybody out. */
export class Sessions {
  readonly #database: Sql;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #streams: OpenStreams;

  constructor(options: { database: Sql; secret: string; clock: Clock; streams: OpenStreams }) {
    this.#streams = options.streams;
    this.#database = options.database;
    this.#secret = options.secret;
    this.#clock = options.clock;
  }

  /** @returns the token for the cookie */
  async create(): Promise<string> {
    const token = makeSecret();
    const nowMs = Math.floor(this.#clock.wallMs());
    await this.#database.run('DELETE FROM sessions WHERE expires_at_ms <= ?', nowMs);
    await this.#database.run(
      'INSERT INTO sessions (token_hash, created_at_ms, expires_at_ms) VALUES (?, ?, ?)',
      keyedHash(this.#secret, token),
      nowMs,
      nowMs + SESSION_LIFETIME_S * 1000,
    );
    const dropped = await this.#database.all(
      `DELETE FROM sessions WHERE rowid NOT IN (SELECT rowid FROM sessions ORDER BY rowid DESC LIMIT ?)
       RETURNING token_hash`,
      MAX_SESSIONS,
    );
    for (const { token_hash: hash } of dropped) this.#streams.end(`session:${hash}`);
    return token;
  }

  /** When it ends; undefined when there is no such session, or no more. */
  async expiryOf(token: string): Promise<number | undefined> {
    const row = await this.#database.get(
      'SELECT expires_at_ms FROM sessions WHERE token_hash = ? AND expires_at_ms > ?',
      keyedHash(this.#secret, token),
      Math.floor(this.#clock.wallMs()),
    );
    return row && Number(row.expires_at_ms);
  }

  /** What is sent under a session hangs on this. */
  holdOf(token: string): Hold {
    return `session:${keyedHash(this.#secret, token)}`;
  }

  /** @returns whether there was one */
  async end(token: string): Promise<boolean> {
    const hash = keyedHash(this.#secret, token);
    const ended = await this.#database.run('DELETE FROM sessions WHERE token_hash = ?', hash);
    this.#streams.end(this.holdOf(token));
    return ended > 0;
  }

  async endAll(): Promise<void> {
    await this.#database.run('DELETE FROM sessions');
    this.#streams.end('admin');
  }
}
