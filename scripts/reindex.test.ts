import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SqliteCatalog } from '#archive/catalog/sqlite-catalog.ts';
import { sampleId, sampleManifest, temporaryFolder, writeRecording } from '#archive/testing/sample.ts';
import { silentLog } from '#service/log.ts';
import { type Environment, root } from './setup/places.ts';
import { run } from './setup/run.ts';

/** A place for recordings and their catalog, and the command for it. */
async function make() {
  const folder = await temporaryFolder();
  const env = {
    ...process.env,
    RECORDINGS_DIR: join(folder, 'recordings'),
    DATA_DIR: join(folder, 'data'),
  };
  await mkdir(env.DATA_DIR);
  const reindex = (more: Environment = {}) =>
    run(process.execPath, [join(root, 'scripts/reindex.ts')], { env: { ...env, ...more }, limitMs: 60_000 });
  return { env, reindex };
}

test('reindex restores the catalog after it was deleted, and forgets what is gone', async () => {
  const { env, reindex } = await make();
  for (const index of [1, 2]) await writeRecording(env.RECORDINGS_DIR, sampleManifest(index));
  expect(await reindex()).toMatchObject({ status: 0 });
  await rm(join(env.RECORDINGS_DIR, sampleId(1)), { recursive: true });
  expect((await reindex()).output).toContain('1 recordings indexed, 1000 bytes in their files.');
  const catalog = SqliteCatalog.open(join(env.DATA_DIR, 'catalog.db'), silentLog);
  expect([...(await catalog.versions()).keys()]).toEqual([sampleId(2)]);
  await catalog.close();
});

test('while the S3 store does not answer the catalog stays as it is', async () => {
  const { env, reindex } = await make();
  await writeRecording(env.RECORDINGS_DIR, sampleManifest(1));
  expect(await reindex()).toMatchObject({ status: 0 });
  const store = { STORE: 's3://b-1', S3_ENDPOINT: 'http://127.0.0.1:1' };
  const failed = await reindex({ ...store, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
  expect(failed).toMatchObject({ status: 1, output: expect.stringContaining('does not answer') });
  const catalog = SqliteCatalog.open(join(env.DATA_DIR, 'catalog.db'), silentLog);
  expect([...(await catalog.versions()).keys()]).toEqual([sampleId(1)]);
  await catalog.close();
});
