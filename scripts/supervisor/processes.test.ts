import { expect, test } from 'vitest';
import { environmentFor, processes } from './processes.ts';

const SECRETS = ['SECRET', 'JOIN_SECRET', 'RECORDER_TOKEN', 'ADMIN_PASSWORD'];

test('each process is given its own secrets alone, and what is none of our keys', () => {
  const env = { PATH: '/bin', ...Object.fromEntries(SECRETS.map((key) => [key, 'x'])) };
  const given = processes.map(({ fields, name }) => {
    const own = environmentFor(fields, env);
    expect(own.PATH).toBe('/bin');
    return [name, ...SECRETS.filter((key) => key in own)];
  });
  expect(given).toEqual([
    ['sfu', 'JOIN_SECRET', 'RECORDER_TOKEN'],
    ['recorder', 'RECORDER_TOKEN'],
    ['archive', 'SECRET', 'JOIN_SECRET', 'RECORDER_TOKEN', 'ADMIN_PASSWORD'],
  ]);
});
