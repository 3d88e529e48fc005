import { join } from 'node:path';
import type { Clock } from '../service/clock.ts';
import type { Log } from '../service/log.ts';
import { RoleFinder } from './access/credentials.ts';
import { RateLimiter } from './access/rate-limiter.ts';
import { Admin } from './app/admin.ts';
import { openAppDatabase } from './app/app-database.ts';
import { Meetings } from './app/meetings.ts';
import { Sessions } from './app/sessions.ts';
import { Indexer } from './catalog/indexer.ts';
import { SqliteCatalog } from './catalog/sqlite-catalog.ts';
import { JOINS_PER_MINUTE, MEETINGS_PER_MINUTE, SIGN_INS_PER_MINUTE } from './http/context.ts';
import { buildServer, type Tls } from './http/server.ts';
import { archiveMetrics } from './metrics.ts';
import { SfuProxy } from './proxy/sfu-proxy.ts';
import { requireFolder } from './store/folders.ts';
import { LocalDisk } from './store/local-disk.ts';

export interface ArchiveOptions {
  clock: Clock;
  log: Log;
  recordingsDir: string;
  dataDir: string;
  clientFolder: string;
  sfuUrl: string;
  secret: string;
  joinSecret: string;
  recorderToken: string;
  secureCookies: boolean;
  tls?: Tls | undefined;
}

/**
 * Puts the archive together; the server does not listen yet, and the administrator's password is not prepared.
 * @throws Fault `storage-unwritable`
 */
export async function openArchive(options: ArchiveOptions) {
  const { clock, dataDir, log } = options;
  await requireFolder('RECORDINGS_DIR', options.recordingsDir);
  await requireFolder('DATA_DIR', dataDir);
  const store = new LocalDisk(options.recordingsDir);
  const database = openAppDatabase(join(dataDir, 'app.db'));
  const catalog = SqliteCatalog.open(join(dataDir, 'catalog.db'), log);
  const indexer = new Indexer({ store, catalog, log });
  const meetings = new Meetings({ database, clock });
  const sessions = new Sessions({ database, secret: options.secret, clock });
  const admin = new Admin(database);
  const proxy = new SfuProxy(options.sfuUrl, log);
  const limits = {
    signIn: new RateLimiter(SIGN_INS_PER_MINUTE, clock),
    createMeeting: new RateLimiter(MEETINGS_PER_MINUTE, clock),
    join: new RateLimiter(JOINS_PER_MINUTE, clock),
  };
  const server = await buildServer(
    {
      clock,
      log,
      store,
      catalog,
      indexer,
      meetings,
      sessions,
      admin,
      roles: new RoleFinder({ meetings, sessions, recorderToken: options.recorderToken }),
      joinSecret: options.joinSecret,
      secureCookies: options.secureCookies,
      clientFolder: options.clientFolder,
      proxy,
      metrics: archiveMetrics({ proxy, limits }),
      limits,
    },
    options.tls,
  );
  return {
    server,
    indexer,
    admin,
    async close(): Promise<void> {
      await server.close();
      await indexer.close();
      await catalog.close();
      database.close();
    },
  };
}
export type Archive = Awaited<ReturnType<typeof openArchive>>;
