import type { Pool, PoolClient, QueryResult } from 'pg';
import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { inTurn } from '#service/in-turn.ts';
import type { Log } from '#service/log.ts';
import type { Database, Guarded, Row, Sql, Value } from './database.ts';
import { faultOf, isOutage } from './postgres-faults.ts';
import { numbered } from './postgres-text.ts';

/** Connections of one archive: PostgreSQL has 100 for everybody unless told otherwise. */
const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 3000;
/** No statement of ours takes so long; one that does is given up by PostgreSQL, and if that does not answer, by us. */
const STATEMENT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 12_000;
/** A connection that does nothing within a transaction for so long holds its locks no more. */
const IDLE_TRANSACTION_TIMEOUT_MS = 10_000;
/** How often it is tried again while it cannot be reached; nobody waits for that. */
export const TRY_PERIOD_MS = 1000;
/** How long a start waits for a server that starts beside it. */
const START_TRIES = 60;

/** The first half of our advisory locks; the second is which of these it is. */
const LOCKS = 0x5642_4154;
const guards: readonly Guarded[] = ['audit', 'exports', 'meetings', 'settings', 'shares'];
/** After those. */
const MIGRATION_LOCK = 1000;

/** As it is: or since when not, on the clock that only goes forward. */
type Reach = { state: 'reached' } | { state: 'unreached'; sinceMs: number };

/**
 * PostgreSQL, through a pool of connections. While it cannot be reached everybody is told so at once, and it is tried again every
 * second: nothing waits for a server that is not there, and nothing has to be started anew once it is.
 */
export class PostgresDatabase implements Database {
  readonly #pool: Pool;
  readonly #clock: Clock;
  readonly #log: Log;
  /** One of each kind waits for its lock over there, the others here: they would fill the pool. */
  readonly #turns = new Map(guards.map((guarded) => [guarded, inTurn()]));
  #reach: Reach = { state: 'reached' };
  #stopTrying: () => void = () => {};

  private constructor(pool: Pool, { clock, log }: { clock: Clock; log: Log }) {
    this.#pool = pool;
    this.#clock = clock;
    this.#log = log;
    // A connection that nobody uses breaks: the pool drops it, and whoever asks next finds out.
    pool.on('error', (cause) => log.warn('database-connection-lost', { cause: cause.message }));
  }

  /**
   * Connects, waiting a while for a server that is being started.
   * @throws Fault `database-unreachable`, `config-invalid` when it lets nobody in
   */
  static async open(url: string, options: { clock: Clock; log: Log }): Promise<PostgresDatabase> {
    const { default: pg } = await import('pg');
    const { builtins, getTypeParser } = pg.types;
    const pool = new pg.Pool({
      connectionString: url,
      application_name: 'verbatim-archive',
      max: MAX_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
      keepAlive: true,
      types: {
        // All of ours are below 2^53, as SQLite gives them.
        getTypeParser: (oid: number, format) =>
          oid === builtins.INT8 || oid === builtins.NUMERIC ? Number : getTypeParser(oid, format),
      },
    });
    const database = new PostgresDatabase(pool, options);
    try {
      await database.#connectFirst();
      return database;
    } catch (cause) {
      await database.close();
      throw cause;
    }
  }

  get isReached(): boolean {
    return this.#reach.state === 'reached';
  }

  async all(sql: string, ...values: Value[]): Promise<Row[]> {
    return (await this.#query(sql, values)).rows;
  }

  async get(sql: string, ...values: Value[]): Promise<Row | undefined> {
    return (await this.#query(sql, values)).rows[0];
  }

  async run(sql: string, ...values: Value[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  transaction<T>(guarded: Guarded, work: (sql: Sql) => Promise<T>): Promise<T> {
    const turn = this.#turns.get(guarded) ?? inTurn();
    return turn(() => this.#locked(guards.indexOf(guarded), work));
  }

  /** Statements of a migration, once, however many processes begin at the same time. */
  migrating<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#locked(MIGRATION_LOCK, work);
  }

  async highestAudit(): Promise<number> {
    return Number((await this.get('SELECT seq FROM audit_given'))?.seq ?? 0);
  }

  /** What is deleted is PostgreSQL's to overwrite: its vacuum does that in time, and its WAL is its operator's. */
  async scrub(): Promise<void> {}

  async close(): Promise<void> {
    this.#stopTrying();
    await this.#pool.end();
  }

  #query(sql: string, values: readonly Value[]): Promise<QueryResult<Row>> {
    return this.#reaching(() => this.#pool.query<Row>(numbered(sql), [...values]));
  }

  #locked<T>(lock: number, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#reaching(async () => {
      const client = await this.#pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        await client.query('SELECT pg_advisory_xact_lock($1, $2)', [LOCKS, lock]);
        const done = await work(statementsOf(client));
        await client.query('COMMIT');
        return done;
      } catch (cause) {
        // Where this fails too the connection is no good any more, and its end rolls back.
        await client.query('ROLLBACK').catch((again: Error) => {
          broken = again;
        });
        throw cause;
      } finally {
        client.release(broken);
      }
    });
  }

  /** @throws Fault `database-unreachable`, at once while that is known */
  async #reaching<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#reach.state === 'unreached') throw new Fault('database-unreachable');
    try {
      return await ask();
    } catch (cause) {
      if (isOutage(cause)) this.#lose(cause);
      throw faultOf(cause);
    }
  }

  #lose(cause: Error): void {
    if (this.#reach.state === 'unreached' || this.#pool.ending) return;
    this.#reach = { state: 'unreached', sinceMs: this.#clock.nowMs() };
    this.#log.error('database-unreached', { cause: cause.message });
    let isTrying = false;
    this.#stopTrying = this.#clock.every(TRY_PERIOD_MS, () => {
      if (isTrying) return;
      isTrying = true;
      this.#try().finally(() => {
        isTrying = false;
      });
    });
  }

  async #try(): Promise<void> {
    try {
      await this.#pool.query('SELECT 1');
    } catch (cause) {
      this.#log.debug('database-unreached', { cause: (cause as Error).message });
      return;
    }
    if (this.#reach.state === 'reached') return;
    this.#log.info('database-reached', { afterMs: Math.round(this.#clock.nowMs() - this.#reach.sinceMs) });
    this.#reach = { state: 'reached' };
    this.#stopTrying();
  }

  async #connectFirst(): Promise<void> {
    for (let left = START_TRIES; ; left -= 1) {
      try {
        await this.#pool.query('SELECT 1');
        return;
      } catch (cause) {
        if (left === 0 || !isOutage(cause)) throw faultOf(cause);
        if (left === START_TRIES) this.#log.warn('database-awaited', { cause: cause.message });
        await new Promise<void>((resolve) => this.#clock.after(TRY_PERIOD_MS, resolve));
      }
    }
  }
}

/** Of a transaction; what they throw is told apart where it ends. */
function statementsOf(client: PoolClient): Sql {
  const query = (sql: string, values: readonly Value[]) => client.query<Row>(numbered(sql), [...values]);
  return {
    all: async (sql, ...values) => (await query(sql, values)).rows,
    get: async (sql, ...values) => (await query(sql, values)).rows[0],
    run: async (sql, ...values) => (await query(sql, values)).rowCount ?? 0,
  };
}
