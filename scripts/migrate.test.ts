import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openTestArchive } from '#archive/testing/open-test-archive.ts';
import {
  sampleFile,
  sampleId,
  sampleManifest,
  temporaryFolder,
  writeRecording,
} from '#archive/testing/sample.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { copyRecording } from '#store/copy-recording.ts';
import { LocalDisk } from '#store/local-disk.ts';
import { openS3 } from '#store/s3/open-s3.ts';
import type { S3Place } from '#store/s3/place.ts';
import { testBucket } from '#store/testing/s3-engine.ts';
import { type Environment, root } from './setup/places.ts';
import { run } from './setup/run.ts';

const CONTENT = 'FLV 0123456789';
const alice = sampleFile('alice-1', {
  bytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
});
const manifestOf = (index: number) => sampleManifest(index, { files: [alice] });

/** Empty folders, and a command that knows them. */
async function make() {
  const folder = await temporaryFolder();
  const recordings = join(folder, 'recordings');
  const migrate = (more: Environment = {}, to = 'disk') => {
    const dirs = { RECORDINGS_DIR: recordings, DATA_DIR: join(folder, 'data'), MIN_FREE_DISK: '0' };
    const env = { ...process.env, ...dirs, ...more };
    return run(process.execPath, [join(root, 'scripts/migrate.ts'), '--to', to], { env, limitMs: 60_000 });
  };
  return { folder, recordings, migrate };
}

/** The same, and three recordings in a bucket, the second with a thumbnail. */
async function makeMoved() {
  const made = await make();
  const place = await testBucket();
  const bucket = await openS3(place, {
    workFolder: join(made.folder, 'work'),
    minFreeBytes: 0,
    clock: systemClock,
  });
  const spool = new LocalDisk(join(made.folder, 'spool'), systemClock, silentLog);
  onTestFinished(async () => {
    await bucket.close();
    await spool.close();
  });
  for (const index of [1, 2, 3]) {
    await writeRecording(join(made.folder, 'spool'), manifestOf(index), { [alice.name]: CONTENT });
    if (index === 2) {
      const thumbnail = [sampleId(2), 'thumbnails', `${alice.name}.jpg`] as const;
      const path = join(await spool.openScratch(...thumbnail), 'whole');
      await writeFile(path, 'JPG');
      await spool.putMade(...thumbnail, path);
    }
    const { signal } = new AbortController();
    await copyRecording(sampleId(index), { from: spool, to: bucket, signal });
  }
  const env = environmentOf(place);
  return { ...made, place, bucket, migrate: () => made.migrate(env) };
}

function environmentOf({ bucket, credentials, endpoint, prefix, region }: S3Place): Environment {
  return {
    STORE: `s3://${bucket}/${prefix}`,
    S3_ENDPOINT: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
  };
}

test('recordings come back whole from the S3 store, and what does not stays there until the next time', async () => {
  const { bucket, migrate, recordings } = await makeMoved();
  // The first came back before, and was only not removed there; the third is not what its sum was made of.
  await writeRecording(recordings, manifestOf(1), { [alice.name]: CONTENT });
  const put = (content: string) =>
    bucket.putFile(
      sampleId(3),
      alice.name,
      CONTENT.length,
      (async function* () {
        yield Buffer.from(content);
      })(),
    );
  await put('FLV 012345678x');

  const first = await migrate();
  expect(first.status).toBe(1);
  expect(first.output).toContain(`2/3 ${sampleId(2)}\n`);
  expect(first.output).toMatch(`3/3 ${sampleId(3)} is left: ${alice.name} has the sum`);
  expect(first.output).toContain(`2 recordings are back in ${recordings}.\n1 are left in s3://`);
  expect((await bucket.scan('all')).present.map(([recordingId]) => recordingId)).toEqual([sampleId(3)]);

  await put(CONTENT);
  expect(await migrate()).toMatchObject({
    status: 0,
    output: expect.stringContaining('1 recordings are back'),
  });
  expect((await bucket.scan('all')).present).toEqual([]);
  for (const index of [1, 2, 3]) {
    const folder = join(recordings, sampleId(index));
    expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual(manifestOf(index));
    expect(await readFile(join(folder, alice.name), 'utf8')).toBe(CONTENT);
    expect(await readdir(folder)).not.toContain('owner.json');
  }
  const thumbnail = join(recordings, sampleId(2), 'thumbnails', `${alice.name}.jpg`);
  expect(await readFile(thumbnail, 'utf8')).toBe('JPG');
});

test('what was changed after it had come back stays as it was changed', async () => {
  const { bucket, migrate, recordings } = await makeMoved();
  const changed = sampleManifest(2, { files: [], lastFact: 5 });
  await writeRecording(recordings, changed);
  expect(await migrate()).toMatchObject({ status: 0 });
  expect(await readdir(join(recordings, sampleId(2)))).toEqual(['manifest.json']);
  expect((await bucket.scan('all')).present).toEqual([]);
});

test('nothing comes back while an archive moves recordings out', async () => {
  const { bucket, folder, migrate, place } = await makeMoved();
  const archive = await openTestArchive({ root: folder, s3: place });
  archive.start();
  await expect.poll(() => readdir(archive.recordings)).toContain('.moving');
  expect(await migrate()).toMatchObject({ status: 1, output: expect.stringContaining('without STORE') });
  await archive.close();
  expect(await readdir(archive.recordings)).toEqual([]);
  expect((await bucket.scan('all')).present).toHaveLength(3);
  expect(await migrate()).toMatchObject({ status: 0 });
});

test.each([
  ['without STORE', 'disk', 'STORE is not set'],
  ['to anywhere else', 'tape', 'npm run migrate -- --to disk'],
])('%s it refuses with words', async (_case, to, words) => {
  const { migrate } = await make();
  const { output, status } = await migrate({ STORE: '' }, to);
  expect([status, output.includes(words)]).toEqual([1, true]);
});
