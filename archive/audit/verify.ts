import type { Database, Sql } from '../database/database.ts';
import { anchorOf, type ChainedRow, GENESIS, hashAfter, type Link } from './chain.ts';

/** Faults told; one edit makes one, a log written anew would make a million. */
const MAX_FAULTS = 20;
/** Entries read at once. */
const PAGE_SIZE = 10_000;

/** What somebody else remembers of the chain: a backup, a line of the log. */
export interface Witness extends Link {
  from: string;
}

export interface Verdict {
  entries: number;
  head: Link;
  faults: string[];
}

/**
 * Goes through the whole audit log. Entries that were changed, removed, put in or moved break the chain; those cut off at its
 * end leave a whole one, which the highest number ever given and what others remember of it tell.
 * @param keptEntries the log is only ever shortened at its beginning, to so many
 */
export async function verifyAudit(
  database: Database,
  witnesses: readonly Witness[],
  keptEntries: number,
): Promise<Verdict> {
  const anchor = await anchorOf(database);
  const faults: string[] = [];
  const remembered = Map.groupBy(witnesses, ({ id }) => id);
  const compare = ({ hash, id }: Link): void => {
    for (const { from, hash: other } of remembered.get(id) ?? []) {
      if (other !== hash) faults.push(`Entry ${id} is not the one that ${from} remembers.`);
    }
  };
  let [entries, last] = [0, anchor];
  compare(anchor);
  for await (const row of entriesOf(database)) {
    const id = Number(row.id);
    if (id !== last.id + 1) faults.push(`Between the entries ${last.id} and ${id} some are missing.`);
    else if (hashAfter(last.hash, row) !== row.hash) {
      faults.push(`Entry ${id} was changed, put in or moved, or the one before it was.`);
    }
    last = { id, hash: row.hash };
    entries += 1;
    compare(last);
    if (faults.length >= MAX_FAULTS) break;
  }
  if (anchor.hash !== GENESIS && entries < keptEntries) {
    faults.push(`The entries up to ${anchor.id} are missing: only ${entries} are left, not ${keptEntries}.`);
  }
  const given = await database.highestAudit();
  if (faults.length === 0 && given > last.id)
    faults.push(`Entries after ${last.id} are missing: ${given} was given.`);
  for (const { from, id } of witnesses) {
    if (id > last.id) faults.push(`Entries after ${last.id} are missing: ${from} remembers ${id}.`);
  }
  return { entries, head: last, faults: faults.slice(0, MAX_FAULTS) };
}

async function* entriesOf(sql: Sql): AsyncGenerator<ChainedRow & { hash: string }> {
  let after: number | undefined;
  do {
    const page = await sql.all(
      'SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?',
      after ?? Number.MIN_SAFE_INTEGER,
      PAGE_SIZE,
    );
    for (const row of page) yield row as ChainedRow & { hash: string };
    const last = page.at(-1);
    after = last && Number(last.id);
  } while (after !== undefined);
}
