import type { DatabaseSync } from 'node:sqlite';
import { hashPassword, verifyPassword } from './password.ts';
import { randomLetters } from './secrets.ts';

const KEY = 'admin-password';

/** The administrator's password, of which only a hash is kept. */
export class Admin {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /**
   * Takes over the configured password; without one, and when none was ever set, makes one. A changed password signs
   * everybody out.
   * @returns the password that was made, to be shown once
   */
  async prepare(configured: string | undefined): Promise<string | undefined> {
    const stored = this.#stored();
    if (configured === undefined && stored !== undefined) return undefined;
    if (configured !== undefined && stored !== undefined && (await verifyPassword(configured, stored)))
      return undefined;
    const password = configured ?? [1, 2, 3, 4].map(() => randomLetters(5)).join('-');
    this.#database
      .prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)')
      .run(KEY, await hashPassword(password));
    this.#database.exec('DELETE FROM sessions');
    return configured === undefined ? password : undefined;
  }

  async verify(password: string): Promise<boolean> {
    const stored = this.#stored();
    return stored !== undefined && (await verifyPassword(password, stored));
  }

  #stored(): string | undefined {
    const row = this.#database.prepare('SELECT value FROM settings WHERE key = ?').get(KEY);
    return row && String(row.value);
  }
}
