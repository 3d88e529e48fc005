import { join } from 'node:path';
import { selfSignedCertificate } from './certificate.ts';
import type { Environment } from './environment.ts';

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
