import '#service/owner-umask.ts';

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import { systemClock } from '#service/clock.ts';
import { takeConfig } from '#service/config.ts';
import { openLog } from '#service/log.ts';
import { announceReady, exitWithFailure, onStopRequested } from '#service/supervised.ts';
import { openToAnyone, policyOf } from '#service/who-may.ts';
import { s3PlaceOf } from '#store/s3/place.ts';
import { openArchive } from './archive.ts';
import { configFields } from './config.ts';
import type { Tls } from './http/server.ts';

async function main(): Promise<void> {
  const config = takeConfig(configFields);
  const log = openLog('archive', config.LOG_LEVEL);
  const tls = await readTls(config.TLS_CERT, config.TLS_KEY);
  const archive = await openArchive({
    clock: systemClock,
    log,
    recordingsDir: resolve(config.RECORDINGS_DIR),
    s3: s3PlaceOf(config),
    dataDir: resolve(config.DATA_DIR),
    databaseUrl: config.DATABASE_URL,
    clientFolder: join(import.meta.dirname, '../client/dist'),
    sfuUrl: config.SFU_URL,
    secret: config.SECRET,
    joinSecret: config.JOIN_SECRET,
    recorderToken: config.RECORDER_TOKEN,
    secureCookies: tls !== undefined || config.PUBLIC_URL?.startsWith('https:') === true,
    publicOrigin: config.PUBLIC_URL && new URL(config.PUBLIC_URL).origin,
    trustProxy: config.TRUST_PROXY,
    whoMayCreate: policyOf('CREATE', config.WHO_MAY_CREATE, config.CREATE_KEY),
    tls,
    ffmpeg: config.FFMPEG_PATH ?? 'ffmpeg',
    writesWatching: config.AUDIT_WATCHING === 'on',
    exportsAtOnce: config.EXPORTS_AT_ONCE,
    timeZone: config.TIME_ZONE,
    minFreeBytes: config.MIN_FREE_DISK,
    retention: { days: config.RETENTION_DAYS ?? null, maxBytes: config.RETENTION_BYTES ?? null },
  });
  onStopRequested(() => archive.close());
  await listen(archive.server, config.HOST, config.PORT);
  archive.start();
  const open = openToAnyone(config);
  if (open.length > 0) log.warn('open-to-anyone', { anyone: open });
  log.info('listening', { host: config.HOST, port: config.PORT, tls: tls !== undefined });

  // Not before it listens: a password made by a process that then fails would never be shown.
  const generatedPassword = await archive.admin.prepare(config.ADMIN_PASSWORD);
  if (generatedPassword !== undefined && !process.send) {
    process.stdout.write(`The password of /admin, shown only now: ${generatedPassword}\n`);
  }
  announceReady(generatedPassword === undefined ? {} : { adminPassword: generatedPassword });
}

async function readTls(cert: string | undefined, key: string | undefined): Promise<Tls | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new Fault('config-invalid', 'TLS_CERT and TLS_KEY must be set together.');
  }
  try {
    return { cert: await readFile(cert), key: await readFile(key) };
  } catch (cause) {
    const words = `TLS_CERT or TLS_KEY cannot be read: ${(cause as Error).message}`;
    throw new Fault('config-invalid', words, { cause });
  }
}

async function listen(
  server: { listen(options: { host: string; port: number }): Promise<string> },
  host: string,
  port: number,
): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    const words = `Port ${port} on ${host} is already in use. Stop the other program, or choose another PORT in .env.`;
    throw new Fault('port-busy', words, { cause });
  }
}

main().catch(exitWithFailure);
