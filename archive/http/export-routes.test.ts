import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { exportJobSchema } from '#protocol/http/exports.ts';
import { systemClock } from '#service/clock.ts';
import { askingAsAdmin } from '../testing/client.ts';
import { makeFlv, probe } from '../testing/make-flv.ts';
import { openTestArchive, signIn, type TestArchive } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';

const file = sampleFile('alice-1', { durationMs: 2000 });
const url = `/api/recordings/${sampleId(1)}/exports`;

async function openWithRecording(content: Buffer | string, root?: string) {
  const archive = await openTestArchive({ clock: systemClock, ...(root !== undefined && { root }) });
  await writeRecording(archive.recordings, sampleManifest(1, { files: [file] }), { [file.name]: content });
  await archive.indexer.reconcile();
  return { admin: await askingAsAdmin(archive), archive };
}

async function finished(archive: TestArchive, exportId: string) {
  const admin = await askingAsAdmin(archive);
  return vi.waitFor(
    async () => {
      const job = exportJobSchema.parse((await admin('GET', `/api/exports/${exportId}`)).body);
      expect(job.state).toBeOneOf(['complete', 'failed', 'cancelled']);
      return job;
    },
    { interval: 50 },
  );
}

test.each([
  ['mp4', 'video/mp4', '2026-11-22 10-01-00 Weekly – Alice.mp4', ['h264', 'aac']],
  ['audio', 'audio/mp4', '2026-11-22 10-01-00 Weekly – Alice.m4a', ['aac']],
] as const)('%s is made, and fetched in ranges under a human name', async (kind, type, name, codecs) => {
  const { admin, archive } = await openWithRecording(await makeFlv());
  archive.exports.start();
  const made = await admin('POST', url, { kind, file: file.name });
  expect(made.status).toBe(201);
  const job = await finished(archive, made.body.exportId);
  expect(job).toMatchObject({ state: 'complete', percent: 100, downloadName: name });
  const again = await admin('POST', url, { kind, file: file.name });
  expect([again.status, again.body.exportId]).toEqual([200, job.exportId]);
  const cookie = await signIn(archive);
  const range = { cookie, range: 'bytes=4-7' };
  const fileUrl = `/api/exports/${job.exportId}/file`;
  expect((await archive.server.inject({ url: fileUrl, headers: range })).statusCode).toBe(206);
  const fetched = await admin('GET', fileUrl);
  // In two parts, and the first one did not begin at the beginning.
  expect((await admin('GET', '/api/audit?action=export-downloaded')).body.entries).toHaveLength(1);
  expect(fetched.headers).toMatchObject({ 'content-type': type, 'content-length': String(job.bytes) });
  expect(decodeURIComponent(String(fetched.headers['content-disposition']))).toContain(`UTF-8''${name}`);
  const path = join(await temporaryFolder(), 'fetched');
  await writeFile(path, fetched.raw);
  const { format, streams } = await probe(path);
  expect(streams.map((stream) => stream.codec_name)).toEqual(codecs);
  expect(Number(format.duration)).toBeCloseTo(2, 0);
  // Faststart: the index lies before the media.
  expect(fetched.raw.indexOf('moov')).toBeLessThan(fetched.raw.indexOf('mdat'));
  const part = await archive.server.inject({
    url: `/api/exports/${job.exportId}/file`,
    headers: { cookie: '', range: 'bytes=4-7' },
  });
  expect(part.statusCode).toBe(401);
  expect((await admin('DELETE', `/api/exports/${job.exportId}`)).status).toBe(200);
  expect((await admin('GET', url)).body.exports).toEqual([]);
});

test('a file that is none fails in words, and can be tried again', async () => {
  const { admin, archive } = await openWithRecording('this is no FLV');
  archive.exports.start();
  const { exportId } = (await admin('POST', url, { kind: 'mp4', file: file.name })).body;
  const failed = await finished(archive, exportId);
  expect(failed.state).toBe('failed');
  expect(failed.problem).toBe('The file could not be made: not an FLV file.');
  expect(failed.problem).not.toContain(archive.recordings);
  await writeFile(join(archive.recordings, sampleId(1), file.name), await makeFlv());
  expect((await admin('POST', `/api/exports/${exportId}/retry`)).status).toBe(200);
  expect((await finished(archive, exportId)).state).toBe('complete');
});

test('a waiting job is cancelled, and outlives a restart otherwise', async () => {
  const root = await temporaryFolder();
  const { admin, archive } = await openWithRecording(await makeFlv(), root);
  const waiting = (await admin('POST', url, { kind: 'mp4', file: file.name })).body;
  const cancelled = (await admin('POST', url, { kind: 'audio', file: file.name })).body;
  expect((await admin('DELETE', `/api/exports/${cancelled.exportId}`)).body.state).toBe('cancelled');
  expect((await admin('GET', `/api/exports/${waiting.exportId}/file`)).body.error.code).toBe(
    'export-not-ready',
  );
  await archive.close();
  const again = await openTestArchive({ clock: systemClock, root });
  await again.indexer.reconcile();
  again.exports.start();
  expect((await finished(again, waiting.exportId)).state).toBe('complete');
  expect((await finished(again, cancelled.exportId)).state).toBe('cancelled');
});

test.each([
  [{ kind: 'mp4' }, 'bad-request'],
  [{ kind: 'mp4', file: '../x' }, 'bad-request'],
  [{ kind: 'gif', file: file.name }, 'bad-request'],
  [{ kind: 'flv-aac', file: file.name }, 'export-needless'],
  [{ kind: 'mp4', file: 'bob-1-20261122T100000000Z.flv' }, 'file-not-found'],
])('the export %j is not made', async (body, code) => {
  const { admin } = await openWithRecording('');
  expect((await admin('POST', url, body)).body.error.code).toBe(code);
});

test('an export that would take the room of recordings is not begun', async () => {
  const archive = await openTestArchive({ clock: systemClock, minFreeBytes: Number.MAX_SAFE_INTEGER });
  await writeRecording(archive.recordings, sampleManifest(1, { files: [file] }), { [file.name]: 'FLV' });
  await archive.indexer.reconcile();
  archive.exports.start();
  const admin = await askingAsAdmin(archive);
  const { exportId } = (await admin('POST', url, { kind: 'group-mp4' })).body;
  const failed = await finished(archive, exportId);
  expect([failed.state, failed.problem]).toEqual(['failed', expect.stringContaining('too little room')]);
});
