import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
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
 * Runs `make` with a new folder in the cache and removes it afterwards. What it makes is renamed out of there into its
 * place: two set-ups at once each publish a whole result.
 */
export async function inCacheScratch<T>(cache: string, make: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'making-'));
  try {
    return await make(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
