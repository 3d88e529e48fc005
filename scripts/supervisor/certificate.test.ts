import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { lanAddresses } from './addresses.ts';
import { httpsEnvironment, selfSignedCertificate } from './certificate.ts';

const nowMs = Date.parse('2026-11-23T00:00:00Z');
const names = ['localhost', '127.0.0.1', '192.168.1.20'];
const read = (file: string) => readFileSync(file, 'utf8');

test('the certificate and its key serve every name', async () => {
  const files = await selfSignedCertificate(scratchFolder(), names, nowMs);
  createSecureContext({ cert: read(files.certificate), key: read(files.key) });
  const made = new X509Certificate(read(files.certificate));
  expect(made.checkHost('localhost')).toBe('localhost');
  expect(made.checkIP('192.168.1.20')).toBe('192.168.1.20');
  expect(statSync(files.key).mode & 0o777).toBe(0o600);
});

test('it is used again, and made anew for a new address or near its end', async () => {
  const dataDir = scratchFolder();
  const first = read((await selfSignedCertificate(dataDir, names, nowMs)).certificate);
  expect(read((await selfSignedCertificate(dataDir, names.slice(0, 2), nowMs)).certificate)).toBe(first);
  const second = read((await selfSignedCertificate(dataDir, [...names, '10.0.0.1'], nowMs)).certificate);
  expect(second).not.toBe(first);
  const nearEndMs = nowMs + 390 * 24 * 3_600_000;
  expect(read((await selfSignedCertificate(dataDir, names, nearEndMs)).certificate)).not.toBe(second);
});

test('--https fills in what is not set', async () => {
  const dataDir = scratchFolder();
  const made = await httpsEnvironment({ env: {}, dataDir, addresses: ['192.168.1.20', '10.0.0.1'], nowMs });
  expect(made).toMatchObject({ HOST: '0.0.0.0', ANNOUNCED_ADDRESS: '192.168.1.20' });
  expect(made.TLS_CERT).toBe(join(dataDir, 'tls', 'certificate.pem'));
  const env = { HOST: '127.0.0.1', ANNOUNCED_ADDRESS: 'meet.example', TLS_CERT: '/c', TLS_KEY: '/k' };
  expect(await httpsEnvironment({ env, dataDir, addresses: ['10.0.0.1'], nowMs })).toEqual(env);
});

test('only addresses that others can reach count as the network’s', () => {
  const at = (address: string, internal = false, family: 'IPv4' | 'IPv6' = 'IPv4') =>
    ({ address, internal, family }) as NonNullable<Parameters<typeof lanAddresses>[0][string]>[number];
  const found = lanAddresses({
    lo: [at('127.0.0.1', true)],
    en0: [at('fe80::1', false, 'IPv6'), at('192.168.1.20')],
    en1: [at('169.254.3.4')],
  });
  expect(found).toEqual(['192.168.1.20']);
});
