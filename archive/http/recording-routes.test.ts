import { appendFile, open, rm, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { listRecordingsResultSchema, recordingResultSchema } from '#protocol/http/recordings.ts';
import { systemClock } from '#service/clock.ts';
import { openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';

const file = sampleFile('alice-1');
const CONTENT = '0123456789';

async function openWithFile(content: string | Uint8Array = CONTENT) {
  const archive = await openTestArchive();
  const folder = await writeRecording(archive.recordings, sampleManifest(1), { [file.name]: content });
  await archive.indexer.reconcile();
  const cookie = await signIn(archive);
  const url = `/api/recordings/${sampleId(1)}/files/${file.name}`;
  const get = (headers: Record<string, string> = {}, suffix = '', method: 'GET' | 'HEAD' = 'GET') =>
    archive.server.inject({ method, url: `${url}${suffix}`, headers: { cookie, ...headers } });
  return { archive, cookie, folder, get, url };
}

test('a file is served whole, in ranges, and not at all when unchanged', async () => {
  const { get } = await openWithFile();
  const whole = await get();
  expect(whole.statusCode).toBe(200);
  expect(whole.body).toBe(CONTENT);
  const etag = String(whole.headers.etag);
  expect(etag).toMatch(/^"[\w-]+"$/);
  expect(whole.headers).toMatchObject({
    'content-type': 'video/x-flv',
    'content-length': '10',
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
  });

  const middle = await get({ range: 'bytes=2-4' });
  expect([middle.statusCode, middle.body, middle.headers['content-range']]).toEqual([
    206,
    '234',
    'bytes 2-4/10',
  ]);
  expect((await get({ range: 'bytes=-3' })).body).toBe('789');
  expect((await get({ range: 'bytes=7-' })).body).toBe('789');

  const beyond = await get({ range: 'bytes=10-' });
  expect([beyond.statusCode, beyond.headers['content-range'], beyond.json().error.code]).toEqual([
    416,
    'bytes */10',
    'range-invalid',
  ]);
  const several = await get({ range: `bytes=${Array(500).fill('0-1').join(',')}` });
  expect([several.statusCode, several.body]).toEqual([200, CONTENT]);

  expect((await get({ 'if-none-match': etag })).statusCode).toBe(304);
  const head = await get({ range: 'bytes=2-4' }, '', 'HEAD');
  expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', '10']);
});

test('the ETag changes when the header is patched, and If-Range then answers the whole', async () => {
  const { folder, get } = await openWithFile();
  const etag = String((await get()).headers.etag);
  const same = await get({ range: 'bytes=0-1', 'if-range': etag });
  expect([same.statusCode, same.body]).toEqual([206, '01']);
  const handle = await open(join(folder, file.name), 'r+');
  await handle.write('PATCH', 0);
  await handle.close();
  const changed = await get({ range: 'bytes=0-1', 'if-range': etag });
  expect([changed.statusCode, changed.body]).toEqual([200, 'PATCH56789']);
  expect(changed.headers.etag).not.toBe(etag);
});

test('an empty file is served, and satisfies no range', async () => {
  const { get } = await openWithFile('');
  const whole = await get();
  expect([whole.statusCode, whole.body, whole.headers['content-length']]).toEqual([200, '', '0']);
  expect((await get({ range: 'bytes=0-' })).statusCode).toBe(416);
});

test('a download has a name for people', async () => {
  const { get } = await openWithFile();
  const answer = await get({}, '?download=1');
  expect(answer.headers['content-disposition']).toBe(
    `attachment; filename="2026-11-22 10-01-00 Weekly - Alice.flv"; filename*=UTF-8''2026-11-22%2010-01-00%20Weekly%20%E2%80%93%20Alice.flv`,
  );
});

test.each([
  '../../data/app.db',
  '..%2f..%2fdata%2fapp.db',
  '%2e%2e/manifest.json',
  'manifest.json',
  'manifest.json%00',
  `${file.name}%00`,
  `${file.name}/..`,
  '%2fetc%2fpasswd',
  '..%5c..%5cdata%5capp.db',
  'a'.repeat(5000),
])('the path %s is refused', async (path) => {
  const { archive, cookie } = await openWithFile();
  await archive.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = archive.server.server.address() as AddressInfo;
  // A client of URLs would resolve the dots itself; a hostile one does not.
  const status = await new Promise((resolve, reject) => {
    const path_ = `/api/recordings/${sampleId(1)}/files/${path}`;
    request({ host: '127.0.0.1', port, path: path_, headers: { cookie } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBeOneOf([400, 404]);
});

test('?follow=1 streams a growing file until its manifest says complete', async () => {
  const archive = await openTestArchive({ clock: systemClock });
  const writing = sampleManifest(1, { state: 'recording', files: [{ ...file, state: 'writing' }] });
  const folder = await writeRecording(archive.recordings, writing, { [file.name]: 'one ' });
  await archive.indexer.reconcile();
  const origin = await archive.server.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${origin}/api/recordings/${sampleId(1)}/files/${file.name}?follow=1`, {
    headers: { cookie: await signIn(archive) },
  });
  expect(answer.headers.get('content-length')).toBeNull();
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('one ');
  await appendFile(join(folder, file.name), 'two ');
  expect((await reader?.read())?.value).toBe('two ');
  await appendFile(join(folder, file.name), 'three');
  await writeRecording(archive.recordings, sampleManifest(1));
  expect((await reader?.read())?.value).toBe('three');
  expect((await reader?.read())?.done).toBe(true);
});

test('recordings are listed, live ones first with the bytes they have now', async () => {
  const { archive, cookie } = await openWithFile();
  const live = sampleManifest(0, { state: 'recording', files: [{ ...file, state: 'writing', bytes: 0 }] });
  const folder = await writeRecording(archive.recordings, live, { [file.name]: CONTENT });
  await archive.indexer.reconcile();
  const list = async (query = '') => {
    const answer = await archive.server.inject({ url: `/api/recordings${query}`, headers: { cookie } });
    return listRecordingsResultSchema.parse(answer.json()).recordings;
  };
  expect((await list()).map((summary) => summary.recordingId)).toEqual([sampleId(0), sampleId(1)]);
  expect((await list())[0]?.bytes).toBe(10);
  await appendFile(join(folder, file.name), 'more');
  expect((await list())[0]?.bytes).toBe(14);
  expect(await list('?query=nobody')).toEqual([]);
  const at = new Date(live.startedAtMs + 60_000);
  await utimes(join(folder, file.name), at, at);
  const now = await archive.server.inject({ url: `/api/recordings/${sampleId(0)}`, headers: { cookie } });
  const { manifest, summary } = recordingResultSchema.parse(now.json());
  expect(manifest.files).toMatchObject([{ bytes: 14, durationMs: 60_000 - file.startOffsetMs }]);
  expect(summary).toMatchObject({ bytes: 14, durationMs: 60_000 });
  const answer = await archive.server.inject({ url: '/api/recordings?from=yesterday', headers: { cookie } });
  expect([answer.statusCode, answer.json().error.code]).toEqual([400, 'bad-request']);
  const one = await archive.server.inject({ url: `/api/recordings/${sampleId(1)}`, headers: { cookie } });
  expect(recordingResultSchema.parse(one.json()).manifest.recordingId).toBe(sampleId(1));
});

test.each([
  ['no JSON', '{"version":1,'],
  ['another shape', '{"version":1}'],
  ['another recording', JSON.stringify(sampleManifest(5))],
])('a broken manifest (%s) is shown as a problem and hides nothing else', async (_what, text) => {
  const { archive, cookie } = await openWithFile();
  await writeRecording(archive.recordings, { recordingId: sampleId(2), text }, { [file.name]: CONTENT });
  await archive.indexer.reconcile();
  const answer = await archive.server.inject({ url: '/api/recordings', headers: { cookie } });
  const { recordings } = listRecordingsResultSchema.parse(answer.json());
  expect(recordings.map((summary) => [summary.recordingId, summary.problem !== undefined])).toEqual([
    [sampleId(2), true],
    [sampleId(1), false],
  ]);
  const one = await archive.server.inject({ url: `/api/recordings/${sampleId(2)}`, headers: { cookie } });
  expect(one.json().error.code).toBe('manifest-broken');
  const still = `/api/recordings/${sampleId(2)}/files/${file.name}`;
  expect((await archive.server.inject({ url: still, headers: { cookie } })).body).toBe(CONTENT);
});

test('after catalog.db was deleted, or filled with rubbish, the archive is as it was', {
  timeout: 30_000,
}, async () => {
  const root = await temporaryFolder();
  const before = await openTestArchive({ root });
  for (const index of [1, 2, 3]) await writeRecording(before.recordings, sampleManifest(index));
  await before.indexer.reconcile();
  const list = async (archive: typeof before) =>
    (
      await archive.server.inject({ url: '/api/recordings', headers: { cookie: await signIn(archive) } })
    ).json();
  const expected = await list(before);
  expect(expected.recordings).toHaveLength(3);
  await before.close();
  for (const suffix of ['', '-wal', '-shm']) {
    await rm(join(root, `data/catalog.db${suffix}`), { force: true });
  }
  const after = await openTestArchive({ root });
  after.indexer.start(systemClock);
  await vi.waitFor(async () => expect(await list(after)).toEqual(expected), { timeout: 20_000 });
  await after.close();
  await writeFile(join(root, 'data/catalog.db'), 'rubbish '.repeat(1000));
  const again = await openTestArchive({ root });
  await again.indexer.reconcile();
  expect(await list(again)).toEqual(expected);
});
