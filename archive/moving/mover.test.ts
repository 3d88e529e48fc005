import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { testBucket } from '#store/testing/s3-engine.ts';
import { type Ask, asking, askingAsAdmin } from '../testing/client.ts';
import { makeFlv, probe } from '../testing/make-flv.ts';
import { openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';

const alice = sampleFile('alice-1', { durationMs: 2000 });
const recording = `/api/recordings/${sampleId(1)}`;
const file = `${recording}/files/${alice.name}`;
const NOW_MS = Date.parse('2030-01-01');

const countOf = async (ask: Ask) => (await ask('GET', '/api/recordings')).body.recordings.length;

test('a finished recording moves to the bucket, and everything is done with it there as it was here', async () => {
  const root = await temporaryFolder();
  const options = { root, s3: await testBucket(), clock: new ManualClock(NOW_MS) };
  const archive = await openTestArchive(options);
  const flv = await makeFlv({ seconds: 2 });
  await writeRecording(archive.recordings, sampleManifest(1, { files: [alice] }), { [alice.name]: flv });
  await writeRecording(archive.recordings, sampleManifest(2, { state: 'recording', files: [] }));
  await archive.indexer.reconcile();

  await archive.mover?.run();
  expect(await readdir(archive.recordings), 'it has no sum yet').toHaveLength(2);
  await archive.finisher.run();
  await archive.mover?.run();
  expect(await readdir(archive.recordings), 'the one that is being made').toEqual([sampleId(2)]);
  expect([archive.mover?.moves, archive.mover?.failures]).toEqual([1, 0]);
  await archive.close();

  const again = await openTestArchive(options);
  again.exports.start();
  await again.indexer.reconcile();
  const admin = await askingAsAdmin(again);
  expect(await countOf(admin)).toBe(2);
  expect((await admin('GET', file)).raw.equals(flv)).toBe(true);
  const part = await asking(again, { cookie: await signIn(again), range: 'bytes=100-199' })('GET', file);
  expect([part.status, part.raw.equals(flv.subarray(100, 200))]).toEqual([206, true]);
  expect((await admin('GET', `${recording}/zip`)).raw.includes(flv)).toBe(true);
  const picture = await admin('GET', `${file}/thumbnail`);
  expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/jpeg']);
  const { exportId } = (await admin('POST', `${recording}/exports`, { kind: 'mp4', file: alice.name })).body;
  await vi.waitFor(
    async () => expect((await admin('GET', `/api/exports/${exportId}`)).body.state).toBe('complete'),
    30_000,
  );
  const mp4 = join(root, 'made.mp4');
  await writeFile(mp4, (await admin('GET', `/api/exports/${exportId}/file`)).raw);
  expect((await probe(mp4)).streams).toHaveLength(2);
  expect((await admin('DELETE', recording)).body.bytes).toBeGreaterThan(flv.length);
  expect((await admin('GET', file)).status).toBe(404);
  expect(await countOf(admin)).toBe(1);
});

test('while the store does not answer recordings stay here, and are shown', async () => {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const s3 = { bucket: 'b-1', prefix: '', region: 'us-east-1', endpoint: 'http://127.0.0.1:1' };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const clock = new ManualClock(NOW_MS);
  const archive = await openTestArchive({ s3: { ...s3, credentials }, clock, log });
  expect(log.warn).toHaveBeenCalledWith('store-unreachable', expect.anything());
  await writeRecording(archive.recordings, sampleManifest(1, { files: [alice] }), { [alice.name]: 'FLV' });
  await archive.indexer.refresh(sampleId(1));
  await archive.finisher.run();
  const admin = await askingAsAdmin(archive);
  expect((await admin('GET', file)).body).toBe('FLV');
  await expect(archive.indexer.reconcile()).rejects.toMatchObject({ code: 'store-unreachable' });
});
