import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Retention } from '#protocol/http/storage.ts';
import type { Clock } from '#service/clock.ts';
import { vouchFor } from '#service/front-door.ts';
import type { Log } from '#service/log.ts';
import { requireFolder } from '#service/require-folder.ts';
import type { Policy } from '#service/who-may.ts';
import type { S3Place } from '#store/s3/place.ts';
import { clientAddress, type TrustProxy, trustOf } from './access/client-address.ts';
import { Passwords } from './access/passwords.ts';
import { Admin } from './app/admin.ts';
import { openAppDatabase, openPostgresAppDatabase } from './app/app-database.ts';
import { Backups } from './app/backups.ts';
import { Meetings } from './app/meetings.ts';
import { Sessions } from './app/sessions.ts';
import { Audit } from './audit/audit.ts';
import { Indexer } from './catalog/indexer.ts';
import { Manifests } from './catalog/manifests.ts';
import { PostgresCatalog } from './catalog/postgres-catalog.ts';
import { SqliteCatalog } from './catalog/sqlite-catalog.ts';
import { PostgresDatabase } from './database/postgres-database.ts';
import { SqliteDatabase } from './database/sqlite-database.ts';
import { openExports } from './exports/make.ts';
import { Finisher } from './finish/finisher.ts';
import { auditFeature } from './http/audit-routes.ts';
import { Cookies } from './http/cookies.ts';
import { Door, rateLimiters } from './http/door.ts';
import { exportFeature } from './http/export-routes.ts';
import { hintFeature } from './http/hint-routes.ts';
import { meetingFeature } from './http/meeting-routes.ts';
import { RecordingReader } from './http/recording-reader.ts';
import { recordingFeature } from './http/recording-routes.ts';
import { FileSender } from './http/send-file.ts';
import { PictureSender } from './http/send-picture.ts';
import { ZipSender } from './http/send-zip.ts';
import { buildServer, type Tls } from './http/server.ts';
import { sessionFeature } from './http/session-routes.ts';
import { shareFeature } from './http/share-routes.ts';
import { sharedFeature } from './http/shared-routes.ts';
import { storageFeature } from './http/storage-routes.ts';
import { ClockTrust } from './keep/clock-trust.ts';
import { Deletion } from './keep/deletion.ts';
import { ManifestEditor } from './keep/manifest-editor.ts';
import { Pins } from './keep/pins.ts';
import { RetentionKeeper } from './keep/retention.ts';
import { freeBytes } from './keep/storage-use.ts';
import { tightenData, tightenRecordings } from './keep/tighten.ts';
import { archiveMetrics } from './metrics.ts';
import { openStore } from './moving/open-store.ts';
import { HumanNames } from './names/human-name.ts';
import { descriptionFeature } from './openapi/page.ts';
import { SfuProxy } from './proxy/sfu-proxy.ts';
import { Shares } from './shares/shares.ts';
import { OpenStreams } from './streams/open-streams.ts';
import { VanishedFiles } from './streams/vanished-files.ts';
import { Thumbnails } from './thumbnails/thumbnails.ts';
import { Zips } from './zip/zips.ts';

export interface ArchiveOptions {
  clock: Clock;
  log: Log;
  recordingsDir: string;
  /** Where recordings go once they are finished; without it they stay. */
  s3?: S3Place | undefined;
  dataDir: string;
  /** Of PostgreSQL; without it SQLite in `dataDir`. */
  databaseUrl?: string | undefined;
  clientFolder: string;
  sfuUrl: string;
  secret: string;
  joinSecret: string;
  recorderToken: string;
  secureCookies: boolean;
  /** The origin that people use, where it is known. */
  publicOrigin?: string | undefined;
  /** Proxies in front of us whose word about the client is taken. */
  trustProxy?: TrustProxy | undefined;
  whoMayCreate: Policy;
  tls?: Tls | undefined;
  /** The program that makes exports. */
  ffmpeg: string;
  exportsAtOnce: number;
  /** In which names of downloads tell the time; without it this machine's. */
  timeZone?: string | undefined;
  /** Whether the audit log tells who watched. */
  writesWatching: boolean;
  /** Bytes of the disk that exports leave to recordings. */
  minFreeBytes: number;
  /** What is deleted when, until the storage page says otherwise. */
  retention: Retention;
}

/**
 * Puts the archive together; the server does not listen yet, and the administrator's password is not prepared.
 * @throws Fault `storage-unwritable`
 */
export async function openArchive(options: ArchiveOptions) {
  const { clock, dataDir, ffmpeg, log, minFreeBytes, recorderToken, recordingsDir, secret } = options;
  await requireFolder('RECORDINGS_DIR', recordingsDir);
  await requireFolder('DATA_DIR', dataDir);
  await tightenData(dataDir, log);

  const { databaseUrl } = options;
  const database =
    databaseUrl === undefined
      ? openAppDatabase(join(dataDir, 'app.db'))
      : await openPostgresAppDatabase(databaseUrl, { clock, log });

  // What is recorded.
  const { store, moverOf } = await openStore({
    recordingsDir,
    workFolder: join(dataDir, 'work'),
    s3: options.s3,
    minFreeBytes,
    clock,
    log,
  });
  const catalog =
    database instanceof PostgresDatabase
      ? await PostgresCatalog.open(database)
      : SqliteCatalog.open(join(dataDir, 'catalog.db'), log);
  const manifests = new Manifests(store);
  const indexer = new Indexer({ store, catalog, log });
  const editor = new ManifestEditor({ store, afterwards: (recordingId) => indexer.refresh(recordingId) });
  const recordings = new RecordingReader({ catalog, manifests, store, log });
  const streams = new OpenStreams(clock);
  const vanished = new VanishedFiles({ streams, store, clock, log });

  // What no manifest holds.
  const meetings = new Meetings({ database, clock, log });
  const sessions = new Sessions({ database, secret, clock, streams });
  const passwords = new Passwords(clock);
  const admin = new Admin(database, passwords);
  const audit = new Audit({ database, clock, log, writesWatching: options.writesWatching });
  const pins = new Pins({ database, clock });
  const shares = new Shares({ database, secret, clock, passwords, streams });
  const clockTrust = new ClockTrust({ database, clock, log });
  const openBackups = (sqlite: SqliteDatabase) =>
    new Backups({
      database: sqlite,
      folder: join(dataDir, 'backups'),
      clock,
      log,
      made: () => audit.tellHead(),
      isClockTrusted: async () => (await clockTrust.jump()) === undefined,
    });
  // A server's backups are its operator's.
  const backups = database instanceof SqliteDatabase ? [openBackups(database)] : [];

  // What is made of it.
  const exports = openExports({
    database,
    store,
    ffmpeg,
    clock,
    log,
    atOnce: options.exportsAtOnce,
    owner: databaseUrl === undefined ? '' : `${hostname()} ${dataDir}`,
    room: async () => (await freeBytes(recordingsDir)) - minFreeBytes,
  });
  const zips = new Zips(clock, log);
  const thumbnails = new Thumbnails({ store, ffmpeg, clock });
  const finisher = new Finisher({ catalog, store, editor, clock, log });
  const mover = moverOf({
    isBeingSent: (recordingId) => streams.count(`recording:${recordingId}`) > 0,
    moved: (recordingId) => indexer.refresh(recordingId),
  });

  // What goes.
  const made = { exports, shares, pins, thumbnails };
  const kept = { store, catalog, manifests, editor, database };
  const deletion = new Deletion({ ...made, ...kept, audit, streams, clock, log });
  const rules = { trust: clockTrust, initial: options.retention };
  const retention = new RetentionKeeper({ ...rules, database, catalog, pins, deletion, clock, log });

  // What answers.
  const trust = trustOf(options.trustProxy);
  const addressOf = (request: IncomingMessage) => clientAddress(request, trust);
  const vouch = (request: IncomingMessage) => vouchFor(addressOf(request), recorderToken);
  const proxy = new SfuProxy({ target: options.sfuUrl, log, vouch });
  const limits = rateLimiters(clock);
  const cookies = new Cookies(options.secureCookies);
  const names = new HumanNames(options.timeZone);
  const files = new FileSender({ audit, clock, log, manifests, names, store });
  const pictures = new PictureSender({ files, recordings, thumbnails });
  const zipSender = new ZipSender({ audit, names, store, zips });
  const senders = { files, pictures, zips: zipSender };
  const { joinSecret, whoMayCreate } = options;
  const features = [
    meetingFeature({ clock, cookies, joinSecret, meetings, passwords, whoMayCreate }),
    sessionFeature({ admin, audit, cookies, sessions }),
    recordingFeature({ ...senders, audit, catalog, deletion, meetings, pins, recordings }),
    exportFeature({ audit, exports, files, names, recordings, streams }),
    shareFeature({ audit, recordings, shares }),
    sharedFeature({ ...senders, audit, cookies, recordings, shares }),
    storageFeature({ audit, catalog, clock, clockTrust, exports, minFreeBytes, recordingsDir, retention }),
    auditFeature({ audit, catalog }),
    hintFeature({ clock, indexer, token: recorderToken }),
    descriptionFeature,
  ];
  const server = await buildServer(
    {
      clock,
      log,
      metrics: archiveMetrics({
        exports,
        files,
        mover,
        limits: { password: passwords, ...limits },
        proxy,
        zips,
      }),
      proxy,
      door: new Door({
        cookies,
        limits,
        meetings,
        sessions,
        streams,
        meetingOfRecording: (recordingId) => recordings.meetingOf(recordingId),
        recordingOfExport: (exportId) => exports.recordingOf(exportId),
        addressOf,
      }),
      features,
      database,
      clientFolder: options.clientFolder,
      addressOf,
      publicOrigin: options.publicOrigin,
      trust: options.trustProxy === undefined ? undefined : trust,
    },
    options.tls,
  );

  let tightening: Promise<void> | undefined;
  return {
    server,
    meetings,
    indexer,
    admin,
    exports,
    streams,
    catalog,
    retention,
    finisher,
    mover,
    /** Begins what goes on by itself: indexing, sums, exports, retention. */
    start(): void {
      indexer.start(clock);
      for (const part of [meetings, exports, clockTrust, retention, finisher, ...backups, vanished, audit])
        part.start();
      mover?.start();
      tightening = tightenRecordings(recordingsDir, log);
      store.sweep().catch((cause: Error) => log.error('sweep-failed', { cause: cause.message }));
    },
    /** Whoever asks first, then what is at work, then what it is written to. */
    async close(): Promise<void> {
      for (const part of [zips, manifests, meetings, server, vanished]) await part.close();
      await tightening;
      await mover?.close();
      for (const part of [thumbnails, finisher, exports, retention, clockTrust, ...backups, audit, indexer])
        await part.close();
      for (const part of [store, catalog, database]) await part.close();
    },
  };
}
export type Archive = Awaited<ReturnType<typeof openArchive>>;
