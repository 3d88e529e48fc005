import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { Indexer } from './indexer.ts';
import { SqliteCatalog } from './sqlite-catalog.ts';

test('a store that does not answer makes no manifest broken, and the next look finds what it did not tell', async () => {
  const folder = await temporaryFolder();
  const recordings = join(folder, 'recordings');
  for (const index of [1, 2]) await writeRecording(recordings, sampleManifest(index));
  const catalog = SqliteCatalog.open(join(folder, 'catalog.db'), silentLog);
  const store = new LocalDisk(recordings, new ManualClock(), silentLog);
  onTestFinished(async () => {
    await store.close();
    await catalog.close();
  });
  const indexer = new Indexer({ store, catalog, log: silentLog });
  vi.spyOn(store, 'readManifest').mockRejectedValueOnce(new Fault('store-unreachable'));
  await expect(indexer.reconcile()).rejects.toMatchObject({ code: 'store-unreachable' });
  expect((await catalog.versions()).size).toBe(0);
  await indexer.reconcile();
  for (const index of [1, 2])
    expect((await catalog.get(sampleId(index)))?.summary.state, `of ${index}`).toBe('complete');
});
