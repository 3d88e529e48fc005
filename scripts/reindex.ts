import '#service/owner-umask.ts';

import { join, resolve } from 'node:path';
import { Indexer } from '#archive/catalog/indexer.ts';
import { PostgresCatalog } from '#archive/catalog/postgres-catalog.ts';
import { SqliteCatalog } from '#archive/catalog/sqlite-catalog.ts';
import { configFields, storeFields } from '#archive/config.ts';
import { PostgresDatabase } from '#archive/database/postgres-database.ts';
import { openStore } from '#archive/moving/open-store.ts';
import { systemClock } from '#service/clock.ts';
import { readConfig } from '#service/config.ts';
import { openLog } from '#service/log.ts';
import { s3PlaceOf } from '#store/s3/place.ts';
import { root } from './setup/places.ts';
import { readEnvironment } from './supervisor/environment.ts';

/**
 * `npm run reindex`: makes the catalog anew from the manifests. It may run beside the archive, which sees recordings come
 * back one by one.
 */
const env = readEnvironment(root, process.env);
const recordingsDir = resolve(root, configFields.RECORDINGS_DIR.parse(env.RECORDINGS_DIR));
const dataDir = resolve(root, configFields.DATA_DIR.parse(env.DATA_DIR));
const log = openLog('reindex', 'warn');

const url = configFields.DATABASE_URL.parse(env.DATABASE_URL || undefined);
const database =
  url === undefined ? undefined : await PostgresDatabase.open(url, { clock: systemClock, log });
const catalog = database
  ? await PostgresCatalog.open(database)
  : SqliteCatalog.open(join(dataDir, 'catalog.db'), log);
try {
  const s3 = s3PlaceOf(readConfig(storeFields, env));
  const workFolder = join(dataDir, 'work', 'reindex');
  const options = { recordingsDir, workFolder, s3, minFreeBytes: 0, clock: systemClock, log };
  const { store } = await openStore(options);
  // Where the store does not answer, the catalog stays as it is.
  await store.scan('all');
  await catalog.clear();
  await new Indexer({ store, catalog, log }).reconcile();
  await store.close();
  const { bytes, recordings } = await catalog.totals();
  console.log(`${recordings} recordings indexed, ${bytes} bytes in their files.`);
} finally {
  await catalog.close();
  await database?.close();
}
