import { expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { asking } from '../testing/client.ts';
import { openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, writeRecording } from '../testing/sample.ts';
import { DOWNLOAD_WINDOW_MS } from './downloads.ts';

const alice = sampleFile('alice-1');
const url = `/api/recordings/${sampleId(1)}/files/${alice.name}?download=1`;

async function open() {
  const clock = new ManualClock();
  const archive = await openTestArchive({ clock });
  await writeRecording(archive.recordings, sampleManifest(1, { files: [alice] }), {
    [alice.name]: '0123456789',
  });
  await archive.indexer.reconcile();
  const cookie = await signIn(archive);
  const get = async (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    (await asking(archive, { cookie, ...headers })(method, url)).status;
  const written = async () => {
    const { body } = await asking(archive, { cookie })('GET', '/api/audit?action=file-downloaded');
    return body.entries.length as number;
  };
  return { clock, get, written };
}

test('a download is written down once, wherever its first range begins and however many there are', async () => {
  const { get, written } = await open();
  expect(await get({ range: 'bytes=5-6' })).toBe(206);
  expect(await written()).toBe(1);
  for (const range of ['bytes=-2', 'bytes=7-', 'bytes=1-2']) expect(await get({ range })).toBe(206);
  expect(await written()).toBe(1);
  // As much as the file has was sent by now: what comes is another download.
  expect(await get({ range: 'bytes=3-5' })).toBe(206);
  expect(await get({ range: 'bytes=3-5' })).toBe(206);
  expect(await written()).toBe(2);
});

test('each whole download is one, and one that goes on for long is told again', async () => {
  const { clock, get, written } = await open();
  for (const count of [1, 2, 3]) {
    expect(await get()).toBe(200);
    expect(await written()).toBe(count);
  }
  await get({ range: 'bytes=1-1' });
  clock.advance(DOWNLOAD_WINDOW_MS - 1);
  await get({ range: 'bytes=2-2' });
  expect(await written()).toBe(4);
  clock.advance(1);
  await get({ range: 'bytes=3-3' });
  expect(await written()).toBe(5);
});

test('what sends nothing of a file is no download of it', async () => {
  const { get, written } = await open();
  expect(await get({}, 'HEAD')).toBe(200);
  expect(await get({ 'if-none-match': '*' })).toBe(304);
  expect(await get({ range: 'bytes=10-' })).toBe(416);
  expect(await written()).toBe(0);
});
