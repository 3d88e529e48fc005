import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import type { Environment } from './environment.ts';

const DAY_MS = 24 * 3_600_000;
/** Browsers refuse certificates that are valid for longer. */
const VALID_DAYS = 397;
const RENEW_BEFORE_DAYS = 14;

export interface CertificateFiles {
  certificate: string;
  key: string;
}

/**
 * A self-signed certificate for `names` (host names and addresses) in `folder`, kept and used again as long as it is
 * valid and has every name: browsers remember that it was trusted.
 */
export async function selfSignedCertificate(
  folder: string,
  names: readonly string[],
  nowMs: number,
): Promise<CertificateFiles> {
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  if (isUsable(files, names, nowMs)) return files;
  const made = await generate([{ name: 'commonName', value: 'Verbatim' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(files.key, made.private, { mode: 0o600 });
  writeFileSync(files.certificate, made.cert);
  return files;
}

function isUsable({ certificate, key }: CertificateFiles, names: readonly string[], nowMs: number): boolean {
  if (!existsSync(certificate) || !existsSync(key)) return false;
  const held = new X509Certificate(readFileSync(certificate));
  const covers = (name: string) => (isIP(name) ? held.checkIP(name) : held.checkHost(name)) !== undefined;
  return names.every(covers) && Date.parse(held.validTo) - nowMs > RENEW_BEFORE_DAYS * DAY_MS;
}

/**
 * What `--https` adds to the environment, under what is set already: a certificate of our own, listening on every
 * address, and the address that browsers are told to send media to.
 */
export async function httpsEnvironment(options: {
  env: Environment;
  dataDir: string;
  addresses: readonly string[];
  nowMs: number;
}): Promise<Environment> {
  const { env, dataDir, addresses, nowMs } = options;
  const names = ['localhost', '127.0.0.1', ...addresses];
  const own =
    env.TLS_CERT && env.TLS_KEY ? undefined : await selfSignedCertificate(join(dataDir, 'tls'), names, nowMs);
  return {
    HOST: '0.0.0.0',
    ...(addresses[0] !== undefined && { ANNOUNCED_ADDRESS: addresses[0] }),
    ...env,
    ...(own && { TLS_CERT: own.certificate, TLS_KEY: own.key }),
  };
}
