import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asking, askingAsAdmin } from '../testing/client.ts';
import { makeFlv } from '../testing/make-flv.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';

const alice = sampleFile('alice-1', { durationMs: 2000 });
const bob = sampleFile('bob-1');
const base = `/api/recordings/${sampleId(1)}`;

test('a thumbnail is made once, belongs to its file, and goes with it', async () => {
  const archive = await openTestArchive();
  const folder = await writeRecording(archive.recordings, sampleManifest(1, { files: [alice, bob] }), {
    [alice.name]: await makeFlv(),
    [bob.name]: 'no FLV',
  });
  await writeRecording(archive.recordings, sampleManifest(2, { state: 'recording', files: [alice] }));
  await archive.indexer.reconcile();
  const admin = await askingAsAdmin(archive);
  const url = `${base}/files/${alice.name}/thumbnail`;
  const answers = await Promise.all([1, 2, 3, 4].map(() => admin('GET', url)));
  for (const { headers, raw, status } of answers) {
    expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
    expect(raw.subarray(0, 3).toString('hex')).toBe('ffd8ff');
  }
  const path = join(folder, 'thumbnails', `${alice.name}.jpg`);
  await access(path);

  const { token } = (await admin('POST', `${base}/shares`, { expiresInHours: 1, file: alice.name })).body;
  const anyone = asking(archive);
  expect((await anyone('GET', `/api/shared/${token}/files/${alice.name}/thumbnail`)).status).toBe(200);
  expect((await anyone('GET', `/api/shared/${token}/files/${bob.name}/thumbnail`)).status).toBe(404);

  expect((await admin('GET', `${base}/files/${bob.name}/thumbnail`)).body.error.code).toBe('file-not-found');
  expect((await admin('GET', `${base}/files/..%2f..%2fx/thumbnail`)).status).toBe(404);
  const live = await admin('GET', url.replace(sampleId(1), sampleId(2)));
  expect(live.body.error.code).toBe('recording-live');
  await admin('DELETE', `${base}/people/alice-1`);
  await expect(access(path)).rejects.toThrow('ENOENT');
});
