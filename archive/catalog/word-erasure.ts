import type { DatabaseSync } from 'node:sqlite';
import { nextTurn } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { truncateWal } from '../sqlite/open-database.ts';

/** Pages merged in one go: some milliseconds in which nothing else is answered. */
const MERGED_PAGES = 64;

/**
 * Takes the words of texts that are gone out of the full-text index, which by itself only marks them as gone, and out of the
 * WAL. That it is owed is kept in the database, in the transaction which removed the text: a crash forgets nothing.
 */
export class WordErasure {
  readonly #database: DatabaseSync;
  readonly #log: Log;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  #isClosed = false;

  constructor(database: DatabaseSync, log: Log) {
    this.#database = database;
    this.#log = log;
    if (this.#isOwed()) this.begin();
  }

  /** Within the transaction that removes a text. */
  owe(): void {
    this.#database.exec('INSERT OR IGNORE INTO owed_erasure VALUES (1)');
  }

  /** After that transaction. What it cannot do now it does the next time, or after a restart. */
  begin(): void {
    this.#isAskedAgain = true;
    this.#running ??= this.#runAll().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing is owed any more, or it has failed. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #runAll(): Promise<void> {
    try {
      while (this.#isAskedAgain && !this.#isClosed) {
        this.#isAskedAgain = false;
        await this.#mergeAll();
      }
    } catch (cause) {
      this.#log.warn('erasure-postponed', { cause: (cause as Error).message });
    }
  }

  /** In steps (FTS5 §6.8): a negative number begins a merge of everything, positive ones go on with it until nothing changes. */
  async #mergeAll(): Promise<void> {
    this.#merge(-MERGED_PAGES);
    for (let before = this.#changes(); !this.#isClosed; before = this.#changes()) {
      this.#merge(MERGED_PAGES);
      if (this.#changes() - before < 2) break;
      await nextTurn();
    }
    if (this.#isClosed) return;
    // Whatever was removed meanwhile asks for another turn, and owes it anew.
    if (!this.#isAskedAgain) this.#database.exec('DELETE FROM owed_erasure');
    truncateWal(this.#database);
  }

  #merge(pages: number): void {
    this.#database.prepare("INSERT INTO trigrams (trigrams, rank) VALUES ('merge', ?)").run(pages);
  }

  #changes(): number {
    return Number(this.#database.prepare('SELECT total_changes() AS count').get()?.count);
  }

  #isOwed(): boolean {
    return this.#database.prepare('SELECT 1 FROM owed_erasure').get() !== undefined;
  }
}
