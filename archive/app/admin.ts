import type { DatabaseSync } from 'node:sqlite';
import { randomLetters } from '#service/secrets.ts';
import { type Passwords, verifyPassword } from '../access/passwords.ts';

const KEY = 'admin-password';
/** Where the configuration comes from. */
const OURSELVES = '127.0.0.1';
/** A hash of ADMIN_PASSWORD as it last was: as long as it stays the same, a password changed on the page counts. */
const CONFIGURED_KEY = 'admin-password-configured';

/** The administrator's password, of which only a hash is kept. */
export class Admin {
  readonly #database: DatabaseSync;
  readonly #passwords: Passwords;

  constructor(database: DatabaseSync, passwords: Passwords) {
    this.#database = database;
    this.#passwords = passwords;
  }

  /**
   * Takes over the configured password; without one, and when none was ever set, makes one. A changed password signs
   * everybody out.
   * @returns the password that was made, to be shown once
   */
  async prepare(configured: string | undefined): Promise<string | undefined> {
    const stored = this.#setting(KEY);
    if (configured === undefined && stored !== undefined) return undefined;
    const taken = this.#setting(CONFIGURED_KEY) ?? stored;
    if (configured !== undefined && taken !== undefined && (await verifyPassword(configured, taken))) {
      return undefined;
    }
    const password = configured ?? [1, 2, 3, 4].map(() => randomLetters(5)).join('-');
    await this.change(password, OURSELVES);
    if (configured !== undefined) this.#set(CONFIGURED_KEY, String(this.#setting(KEY)));
    return configured === undefined ? password : undefined;
  }

  /** @param address of whoever tries. @throws Fault `rate-limited` */
  async verify(password: string, address: string): Promise<boolean> {
    const stored = this.#setting(KEY);
    return stored !== undefined && (await this.#passwords.verify('admin', password, stored, address));
  }

  /** Signs everybody out. @param address of whoever asks for it */
  async change(password: string, address: string): Promise<void> {
    // The first change on the page must not be undone by an ADMIN_PASSWORD that is still the same.
    const stored = this.#setting(KEY);
    if (stored !== undefined && this.#setting(CONFIGURED_KEY) === undefined)
      this.#set(CONFIGURED_KEY, stored);
    this.#set(KEY, await this.#passwords.hash(password, address));
    this.#database.exec('DELETE FROM sessions');
  }

  #set(key: string, value: string): void {
    this.#database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)').run(key, value);
  }

  #setting(key: string): string | undefined {
    const row = this.#database.prepare('SELECT value FROM settings WHERE key = ?').get(key);
    return row && String(row.value);
  }
}
