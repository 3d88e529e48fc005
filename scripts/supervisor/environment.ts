import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export type Environment = Record<string, string | undefined>;

/** The environment with `.env` of the clone's folder under it: a key that is set already wins, an empty one counts as unset. */
export function readEnvironment(folder: string, env: Environment): Environment {
  const file = join(folder, '.env');
  const written = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  return { ...written, ...Object.fromEntries(set) };
}
