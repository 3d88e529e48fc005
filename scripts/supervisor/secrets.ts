import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Fault } from '#protocol/errors.ts';
import type { Environment } from './environment.ts';

const KEYS = ['SECRET', 'JOIN_SECRET', 'RECORDER_TOKEN'] as const;
const SECRET_BYTES = 32;

/**
 * The secrets that the environment lacks, from DATA_DIR/secrets.env, where those that are nowhere yet are generated
 * and stored, readable by this user only.
 * @throws Fault `storage-unwritable`
 */
export function readSecrets(dataDir: string, env: Environment): Environment {
  const file = join(dataDir, 'secrets.env');
  try {
    // By an older version, or by hand: whoever reads it may do everything.
    if (existsSync(file)) chmodSync(file, 0o600);
    const stored: Environment = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
    const lacking = KEYS.filter((key) => !env[key] && !stored[key]);
    for (const key of lacking) stored[key] = randomBytes(SECRET_BYTES).toString('base64url');
    if (lacking.length > 0) store(file, dataDir, stored);
    return Object.fromEntries(KEYS.map((key) => [key, env[key] || stored[key]]));
  } catch (cause) {
    throw new Fault(
      'storage-unwritable',
      `Secrets cannot be kept in ${file}: ${(cause as Error).message}. Check DATA_DIR.`,
      { cause },
    );
  }
}

/** Written whole or not at all: half a secret would lock everybody out. */
function store(file: string, dataDir: string, secrets: Environment): void {
  mkdirSync(dataDir, { recursive: true });
  const lines = Object.entries(secrets).map(([key, value]) => `${key}=${value}\n`);
  const words =
    '# Made at the first start. Whoever reads this can sign in and join: keep it, and keep it to yourself.\n';
  const part = `${file}.${process.pid}`;
  writeFileSync(part, words + lines.join(''), { mode: 0o600 });
  renameSync(part, file);
}
