/** What a statement is given, and what stands in a row; a column that is not null is read with String or Number. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** Statements in the words that SQLite and PostgreSQL share, with a `?` for each value. */
export interface Sql {
  all(sql: string, ...values: Value[]): Promise<Row[]>;
  /** The first row. */
  get(sql: string, ...values: Value[]): Promise<Row | undefined>;
  /** @returns how many rows were put in, changed or removed */
  run(sql: string, ...values: Value[]): Promise<number>;
}

/** What a transaction looks after: of those with the same name one is at work at a time, whichever process began it. */
export type Guarded = 'audit' | 'exports' | 'meetings' | 'settings' | 'shares';

/** What no manifest holds. */
export interface Database extends Sql {
  /**
   * All of `work` or nothing of it. It asks `sql` alone, and waits for nothing else: SQLite answers nobody meanwhile.
   * @param guarded what it may read first and then change accordingly
   */
  transaction<T>(guarded: Guarded, work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Whether it answers, as far as is known. */
  readonly isReached: boolean;
  /** The highest number that an entry of the audit log was ever given, whatever was removed since. */
  highestAudit(): Promise<number>;
  /** Whatever was deleted is gone from the files too, as far as the engine can do that. @throws Fault when it could not */
  scrub(): Promise<void>;
  close(): Promise<void>;
}
