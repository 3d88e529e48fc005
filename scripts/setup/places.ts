import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The clone's folder. */
export const root = join(import.meta.dirname, '..', '..');

export type Environment = Readonly<Record<string, string | undefined>>;

/** What outlives a clone and is shared by all: the only place outside the clone that set-up writes to. */
export function cacheFolder(env: Environment): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'verbatim');
}

/**
 * Where Node keeps what it has compiled of our files (`NODE_COMPILE_CACHE`): a process that is started again while a meeting
 * waits has nothing to compile any more, which is half of its start.
 */
export function compiledFolder(env: Environment): string {
  return join(cacheFolder(env), 'compiled');
}

const SCRATCH = 'making-';
/** No set-up takes so long: a scratch folder this old was left by one that was killed. */
const ABANDONED_AFTER_MS = 24 * 3_600_000;

/**
 * Runs `make` with a new folder in the cache and removes it afterwards. What it makes is renamed out of there into its
 * place: two set-ups at once each publish a whole result.
 */
export async function inCacheScratch<T>(cache: string, make: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(cache, { recursive: true });
  removeAbandoned(cache, Date.now());
  const folder = mkdtempSync(join(cache, SCRATCH));
  try {
    return await make(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes the scratch folders of set-ups that were killed. */
export function removeAbandoned(cache: string, nowMs: number): void {
  for (const name of readdirSync(cache)) {
    const age = nowMs - (statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? nowMs);
    if (name.startsWith(SCRATCH) && age > ABANDONED_AFTER_MS)
      rmSync(join(cache, name), { recursive: true, force: true });
  }
}
