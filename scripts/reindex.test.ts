import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SqliteCatalog } from '#archive/catalog/sqlite-catalog.ts';
import { sampleId, sampleManifest, temporaryFolder, writeRecording } from '#archive/testing/sample.ts';
import { silentLog } from '#service/log.ts';
import { root } from './setup/places.ts';
import { run } from './setup/run.ts';

test('reindex restores the catalog after it was deleted, and forgets what is gone', async () => {
  const folder = await temporaryFolder();
  const env = {
    ...process.env,
    RECORDINGS_DIR: join(folder, 'recordings'),
    DATA_DIR: join(folder, 'data'),
  };
  await mkdir(env.DATA_DIR);
  const reindex = () => run(process.execPath, [join(root, 'scripts/reindex.ts')], { env, limitMs: 60_000 });
  for (const index of [1, 2]) await writeRecording(env.RECORDINGS_DIR, sampleManifest(index));
  expect(await reindex()).toMatchObject({ status: 0 });
  await rm(join(env.RECORDINGS_DIR, sampleId(1)), { recursive: true });
  expect((await reindex()).output).toContain('1 recordings indexed, 1000 bytes in their files.');
  const catalog = SqliteCatalog.open(join(env.DATA_DIR, 'catalog.db'), silentLog);
  expect([...(await catalog.versions()).keys()]).toEqual([sampleId(2)]);
  await catalog.close();
});
