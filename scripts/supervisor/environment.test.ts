import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { readEnvironment } from './environment.ts';
import { readSecrets } from './secrets.ts';

test('.env lies under the environment, and an empty value counts as unset', () => {
  const clone = scratchFolder();
  writeFileSync(join(clone, '.env'), 'PORT=4000\nHOST="0.0.0.0" # all\nLOG_LEVEL=debug\n');
  const env = readEnvironment(clone, { PORT: '5000', LOG_LEVEL: '', HOME: '/root' });
  expect(env).toEqual({ PORT: '5000', HOST: '0.0.0.0', LOG_LEVEL: 'debug', HOME: '/root' });
});

test('without .env the environment stands alone', () => {
  expect(readEnvironment(scratchFolder(), { A: 'b' })).toEqual({ A: 'b' });
});

test('secrets are made once, kept, and for nobody else to read', () => {
  const dataDir = join(scratchFolder(), 'data');
  const first = readSecrets(dataDir, {});
  expect(Object.keys(first)).toEqual(['SECRET', 'JOIN_SECRET', 'RECORDER_TOKEN']);
  expect(new Set(Object.values(first)).size).toBe(3);
  for (const secret of Object.values(first)) expect(secret).toMatch(/^[\w-]{43}$/);
  expect(readSecrets(dataDir, {})).toEqual(first);
  expect(statSync(join(dataDir, 'secrets.env')).mode & 0o777).toBe(0o600);
});

test('a secret that is given is used and not stored', () => {
  const dataDir = scratchFolder();
  const secrets = readSecrets(dataDir, { JOIN_SECRET: 'given-by-the-operator' });
  expect(secrets.JOIN_SECRET).toBe('given-by-the-operator');
  expect(readFileSync(join(dataDir, 'secrets.env'), 'utf8')).not.toContain('given-by-the-operator');
});

test('a DATA_DIR that is a file is named', () => {
  const file = join(scratchFolder(), 'file');
  writeFileSync(file, '');
  expect(() => readSecrets(file, {})).toThrow(Fault);
  expect(() => readSecrets(file, {})).toThrow(/Check DATA_DIR/);
});
