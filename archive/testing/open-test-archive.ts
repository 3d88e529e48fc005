import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '#service/clock.ts';
import { type Log, silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import type { Policy } from '#service/who-may.ts';
import type { S3Place } from '#store/s3/place.ts';
import type { TrustProxy } from '../access/client-address.ts';
import { openArchive } from '../archive.ts';
import { temporaryFolder } from './sample.ts';

export const ADMIN_PASSWORD = 'correct horse';
export const JOIN_SECRET = 'join-secret-for-tests';
/** With spaces, as people who think it up may write it. */
export const RECORDER_TOKEN = 'recorder token for tests';

/** A whole archive over a folder of its own, closed with the test. */
export async function openTestArchive(
  options: {
    clock?: Clock;
    log?: Log;
    sfuUrl?: string;
    root?: string;
    databaseUrl?: string;
    secureCookies?: boolean;
    writesWatching?: boolean;
    publicOrigin?: string;
    minFreeBytes?: number;
    trustProxy?: TrustProxy | undefined;
    whoMayCreate?: Policy;
    timeZone?: string;
    s3?: S3Place;
  } = {},
) {
  const root = options.root ?? (await temporaryFolder());
  const clientFolder = join(root, 'client');
  await mkdir(clientFolder, { recursive: true });
  const archive = await openArchive({
    clock: options.clock ?? new ManualClock(),
    log: options.log ?? silentLog,
    recordingsDir: join(root, 'recordings'),
    s3: options.s3,
    dataDir: join(root, 'data'),
    databaseUrl: options.databaseUrl,
    clientFolder,
    sfuUrl: options.sfuUrl ?? 'http://127.0.0.1:1',
    secret: 'session-secret-for-tests',
    joinSecret: JOIN_SECRET,
    recorderToken: RECORDER_TOKEN,
    trustProxy: options.trustProxy,
    whoMayCreate: options.whoMayCreate ?? { who: 'anyone' },
    secureCookies: options.secureCookies ?? false,
    publicOrigin: options.publicOrigin,
    ffmpeg: process.env.FFMPEG_PATH || 'ffmpeg',
    exportsAtOnce: 1,
    timeZone: options.timeZone ?? 'UTC',
    writesWatching: options.writesWatching ?? true,
    minFreeBytes: options.minFreeBytes ?? 0,
    retention: { days: null, maxBytes: null },
  });
  await archive.admin.prepare(ADMIN_PASSWORD);
  let closed = false;
  const close = async () => {
    if (closed) return;
    closed = true;
    await archive.close();
  };
  onTestFinished(close);
  return { ...archive, close, root, recordings: join(root, 'recordings'), clientFolder };
}
export type TestArchive = Awaited<ReturnType<typeof openTestArchive>>;

/** The cookie header of a signed-in administrator. */
export async function signIn(archive: TestArchive): Promise<string> {
  const answer = await archive.server.inject({
    method: 'POST',
    url: '/api/session',
    payload: { password: ADMIN_PASSWORD },
  });
  const [cookie] = answer.cookies;
  if (!cookie) throw new Error(`no cookie: ${answer.body}`);
  return `${cookie.name}=${cookie.value}`;
}
