import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { type Log, silentLog } from '#service/log.ts';
import { asking, askingAsAdmin } from '../testing/client.ts';
import { openTestArchive, signIn } from '../testing/open-test-archive.ts';
import { sampleFile, sampleId, sampleManifest, temporaryFolder, writeRecording } from '../testing/sample.ts';
import { MAX_ZIPS_AT_ONCE } from '../zip/zips.ts';

const run = promisify(execFile);
const UNZIP = process.env.UNZIP_PATH || 'unzip';
const alice = sampleFile('alice-1');
const again = sampleFile('alice-2');
const screen = sampleFile('li-1', { personName: '李/明', source: 'screen' });
const contents = { [alice.name]: 'A'.repeat(100_000), [again.name]: '', [screen.name]: 'SCREEN' };

async function openWithFiles(options: Parameters<typeof openTestArchive>[0] = {}) {
  const archive = await openTestArchive(options);
  const manifest = sampleManifest(1, {
    meeting: { id: 'secret', name: 'Weekly' },
    files: [alice, again, screen],
  });
  await writeRecording(archive.recordings, manifest, contents);
  await archive.indexer.reconcile();
  return { admin: await askingAsAdmin(archive), archive, url: `/api/recordings/${sampleId(1)}/zip` };
}

/** In the plain C locale `unzip` takes names beyond ASCII for faults. */
const env = { ...process.env, LC_ALL: 'C.UTF-8' };

async function unpack(raw: Buffer): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'got.zip'), raw);
  await run(UNZIP, ['-t', 'got.zip'], { cwd: folder, env });
  await run(UNZIP, ['-q', 'got.zip', '-d', 'out'], { cwd: folder, env });
  await run('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: join(folder, 'out'), env });
  return join(folder, 'out');
}

test('a ZIP holds every file under a human name, the manifest, and sums that are right', async () => {
  const { admin, url } = await openWithFiles();
  const answer = await admin('GET', url);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/zip']);
  expect(answer.raw.length).toBe(Number(answer.headers['content-length']));
  expect(answer.headers['content-disposition']).toContain('filename="2026-11-22 10-01-00 Weekly.zip"');
  const folder = await unpack(answer.raw);
  expect((await readdir(folder)).sort()).toEqual([
    '2026-11-22 10-01-00 Weekly – Alice (2).flv',
    '2026-11-22 10-01-00 Weekly – Alice.flv',
    '2026-11-22 10-01-00 Weekly – 李_明 (screen).flv',
    'SHA256SUMS',
    'manifest.json',
  ]);
  const content = await readFile(join(folder, '2026-11-22 10-01-00 Weekly – Alice.flv'), 'utf8');
  expect(content).toBe(contents[alice.name]);
  expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')).files).toHaveLength(3);
});

/** The files of a ZIP as a reader finds them that sees each byte once, and of a stored file needs its length beforehand. */
function streamed(raw: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let at = 0;
  while (raw.readUInt32LE(at) === 0x04034b50) {
    expect(raw.readUInt16LE(at + 6) & 8).toBe(0);
    const [bytes, nameBytes, extraBytes] = [22, 26, 28].map((field, index) =>
      index === 0 ? raw.readUInt32LE(at + field) : raw.readUInt16LE(at + field),
    ) as [number, number, number];
    const begin = at + 30 + nameBytes + extraBytes;
    const content = raw.subarray(begin, begin + bytes);
    expect(raw.readUInt32LE(at + 14)).toBe(crc32(content));
    files.set(raw.toString('utf8', at + 30, at + 30 + nameBytes), content);
    at = begin + bytes;
  }
  expect(raw.readUInt32LE(at)).toBe(0x02014b50);
  return files;
}

test('a ZIP is read as a stream: sizes and CRC stand before each file, known or not', async () => {
  const { admin, archive, url } = await openWithFiles();
  const unknown = streamed((await admin('GET', url)).raw);
  // The sums' pass knows the CRCs, and the ZIP takes them as they are.
  await archive.finisher.run();
  const { files } = (await admin('GET', url.replace('/zip', ''))).body.manifest;
  expect(files.map((file: { crc32: string }) => Number.parseInt(file.crc32, 16))).toEqual(
    files.map(({ name }: { name: string }) => crc32(contents[name] ?? '')),
  );
  for (const found of [unknown, streamed((await admin('GET', url)).raw)]) {
    expect([...found.values()].slice(0, 3).map(String)).toEqual(Object.values(contents));
    expect([...found.keys()].slice(3)).toEqual(['manifest.json', 'SHA256SUMS']);
  }
});

test('the ZIP of a file that is not what its sums were made of breaks off, with words in the log', async () => {
  const words: object[] = [];
  const log: Log = { ...silentLog, error: (event, fields) => words.push({ event, ...fields }) };
  const { archive, url } = await openWithFiles({ log });
  await archive.finisher.run();
  await writeFile(join(archive.recordings, sampleId(1), alice.name), 'B'.repeat(100_000));
  const origin = await archive.server.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${origin}${url}`, { headers: { cookie: await signIn(archive) } });
  await expect(answer.arrayBuffer()).rejects.toThrow('terminated');
  const cause = expect.stringMatching(/alice-1-.*is not what it was when its sums were made/);
  await vi.waitFor(() => expect(words).toContainEqual({ event: 'zip-failed', cause }));
});

test('the sums of the manifest stand, so that damage shows', async () => {
  const { admin, archive, url } = await openWithFiles();
  const sha256 = createHash('sha256').update('as it was recorded').digest('hex');
  await writeRecording(archive.recordings, sampleManifest(1, { files: [{ ...alice, sha256 }] }));
  await expect(unpack((await admin('GET', url)).raw)).rejects.toThrow(/FAILED|did NOT match/);
});

test('a link gives its own ZIP, without what it hides, and none with downloads off', async () => {
  const { admin, archive, url } = await openWithFiles();
  const share = async (wanted: object) =>
    (await admin('POST', url.replace('zip', 'shares'), { expiresInHours: 1, ...wanted })).body.token;
  const anyone = asking(archive);
  const folder = await unpack(
    (await anyone('GET', `/api/shared/${await share({ file: alice.name })}/zip`)).raw,
  );
  expect((await readdir(folder)).sort()).toEqual([
    '2026-11-22 10-01-00 Weekly – Alice.flv',
    'SHA256SUMS',
    'manifest.json',
  ]);
  expect(await readFile(join(folder, 'manifest.json'), 'utf8')).not.toContain('secret');
  const off = await anyone('GET', `/api/shared/${await share({ download: false })}/zip`);
  expect(off.body.error.code).toBe('download-off');
});

test('every download tells the time where the archive is, the ZIP and what is in it, sound, film and link', async () => {
  const { admin, archive, url } = await openWithFiles({ timeZone: 'Asia/Tokyo' });
  const nameOf = ({ headers }: { headers: Record<string, unknown> }) => {
    const [, encoded = ''] = /filename\*=UTF-8''(.*)$/.exec(String(headers['content-disposition'])) ?? [];
    return decodeURIComponent(encoded);
  };
  const zip = await admin('GET', url);
  expect(nameOf(zip)).toBe('2026-11-22 19-01-00 Weekly.zip');
  expect(await readdir(await unpack(zip.raw))).toContain('2026-11-22 19-01-00 Weekly – Alice (2).flv');
  const saved = await admin('GET', url.replace('zip', `files/${again.name}?download=1`));
  expect(nameOf(saved)).toBe('2026-11-22 19-01-00 Weekly – Alice (2).flv');
  const exported = async (wanted: object) =>
    (await admin('POST', url.replace('zip', 'exports'), wanted)).body.downloadName;
  expect(await exported({ kind: 'audio', file: alice.name })).toBe('2026-11-22 19-01-00 Weekly – Alice.m4a');
  expect(await exported({ kind: 'mp4', file: alice.name })).toBe('2026-11-22 19-01-00 Weekly – Alice.mp4');
  expect(await exported({ kind: 'group-mp4' })).toBe('2026-11-22 19-01-00 Weekly.mp4');
  // Of two who share a name, the file has the same one when a link is for it alone.
  const { body } = await admin('POST', url.replace('zip', 'shares'), { expiresInHours: 1, file: again.name });
  const shared = await unpack((await asking(archive)('GET', `/api/shared/${body.token}/zip`)).raw);
  expect(await readdir(shared)).toContain('2026-11-22 19-01-00 Weekly – Alice (2).flv');
});

test('a live recording is not zipped, and only so many at once: the others wait', async () => {
  const { admin, archive, url } = await openWithFiles();
  await writeRecording(archive.recordings, sampleManifest(2, { state: 'recording' }));
  await archive.indexer.reconcile();
  expect((await admin('GET', url.replace(sampleId(1), sampleId(2)))).body.error.code).toBe('recording-live');
  // More than are made at once: what is too many waits its turn.
  const answers = await Promise.all(Array.from({ length: MAX_ZIPS_AT_ONCE + 1 }, () => admin('GET', url)));
  expect(answers.map(({ status }) => status)).toEqual(Array(MAX_ZIPS_AT_ONCE + 1).fill(200));
  const head = await admin('HEAD', url);
  expect([head.status, Number(head.headers['content-length']) > 100_000]).toEqual([200, true]);
});

test('a ZIP that cannot be made whole breaks off instead of keeping its receiver waiting', async () => {
  const { archive, admin, url } = await openWithFiles();
  const big = sampleFile('big-1');
  const folder = await writeRecording(archive.recordings, sampleManifest(1, { files: [big] }));
  await truncate(await emptyFile(join(folder, big.name)), 64 * 1024 * 1024);
  const whole = await admin('GET', url);
  expect(whole.raw.length).toBe(Number(whole.headers['content-length']));
  const origin = await archive.server.listen({ host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${origin}${url}`, { headers: { cookie: await signIn(archive) } });
  await truncate(join(folder, big.name), 1024 * 1024);
  await expect(answer.arrayBuffer()).rejects.toThrow('terminated');
});

async function emptyFile(path: string): Promise<string> {
  await writeFile(path, '');
  return path;
}
