import { backup, type DatabaseSync } from 'node:sqlite';
import { inTurn } from '#service/in-turn.ts';
import { truncateWal } from '../sqlite/open-database.ts';
import type { Database, Guarded, Row, Sql, Value } from './database.ts';

/** One SQLite file: one connection, and one statement or transaction after the other, so that none gets into another. */
export class SqliteDatabase implements Database {
  readonly isReached = true;
  readonly #database: DatabaseSync;
  readonly #sql: Sql;
  readonly #inTurn = inTurn();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#sql = statementsOf(database);
  }

  all(sql: string, ...values: Value[]): Promise<Row[]> {
    return this.#inTurn(() => this.#sql.all(sql, ...values));
  }

  get(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return this.#inTurn(() => this.#sql.get(sql, ...values));
  }

  run(sql: string, ...values: Value[]): Promise<number> {
    return this.#inTurn(() => this.#sql.run(sql, ...values));
  }

  transaction<T>(_guarded: Guarded, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        const done = await work(this.#sql);
        this.#database.exec('COMMIT');
        return done;
      } catch (cause) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw cause;
      }
    });
  }

  async highestAudit(): Promise<number> {
    return Number((await this.get("SELECT seq FROM sqlite_sequence WHERE name = 'audit'"))?.seq ?? 0);
  }

  scrub(): Promise<void> {
    return this.#inTurn(() => truncateWal(this.#database));
  }

  /** Copies all of it into a file, while it is in use. */
  async copyTo(path: string): Promise<void> {
    await backup(this.#database, path);
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#database.close());
  }
}

function statementsOf(database: DatabaseSync): Sql {
  return {
    all: async (sql, ...values) => database.prepare(sql).all(...values),
    get: async (sql, ...values) => database.prepare(sql).get(...values),
    run: async (sql, ...values) => Number(database.prepare(sql).run(...values).changes),
  };
}
