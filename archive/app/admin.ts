import { randomLetters } from '#service/secrets.ts';
import { type Passwords, verifyPassword } from '../access/passwords.ts';
import type { Database } from '../database/database.ts';
import { readSetting, writeSetting } from './settings.ts';

const KEY = 'admin-password';
/** Where the configuration comes from. */
const OURSELVES = '127.0.0.1';
/** A hash of ADMIN_PASSWORD as it last was: as long as it stays the same, a password changed on the page counts. */
const CONFIGURED_KEY = 'admin-password-configured';

/** The administrator's password, of which only a hash is kept. */
export class Admin {
  readonly #database: Database;
  readonly #passwords: Passwords;

  constructor(database: Database, passwords: Passwords) {
    this.#database = database;
    this.#passwords = passwords;
  }

  /**
   * Takes over the configured password; without one, and when none was ever set, makes one. A changed password signs
   * everybody out.
   * @returns the password that was made, to be shown once
   */
  async prepare(configured: string | undefined): Promise<string | undefined> {
    const stored = await readSetting(this.#database, KEY);
    if (configured === undefined && stored !== undefined) return undefined;
    const taken = (await readSetting(this.#database, CONFIGURED_KEY)) ?? stored;
    if (configured !== undefined && taken !== undefined && (await verifyPassword(configured, taken))) {
      return undefined;
    }
    const password = configured ?? [1, 2, 3, 4].map(() => randomLetters(5)).join('-');
    await this.change(password, OURSELVES);
    if (configured !== undefined) {
      await writeSetting(this.#database, CONFIGURED_KEY, String(await readSetting(this.#database, KEY)));
    }
    return configured === undefined ? password : undefined;
  }

  /** @param address of whoever tries. @throws Fault `rate-limited` */
  async verify(password: string, address: string): Promise<boolean> {
    const stored = await readSetting(this.#database, KEY);
    return stored !== undefined && (await this.#passwords.verify('admin', password, stored, address));
  }

  /** Signs everybody out. @param address of whoever asks for it */
  async change(password: string, address: string): Promise<void> {
    const hash = await this.#passwords.hash(password, address);
    await this.#database.transaction('settings', async (sql) => {
      // The first change on the page must not be undone by an ADMIN_PASSWORD that is still the same.
      const stored = await readSetting(sql, KEY);
      if (stored !== undefined && (await readSetting(sql, CONFIGURED_KEY)) === undefined) {
        await writeSetting(sql, CONFIGURED_KEY, stored);
      }
      await writeSetting(sql, KEY, hash);
      await sql.run('DELETE FROM sessions');
    });
  }
}
