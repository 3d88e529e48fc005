import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { ffmpeg, probe } from './ffmpeg.ts';
import { findProgram } from './find-program.ts';
import { mediaWorker, mediaWorkerKey } from './media-worker.ts';
import { cacheFolder, inCacheScratch, removeAbandoned, root } from './places.ts';
import { SetupError } from './progress.mjs';
import { isReachable } from './reachable.ts';
import { run } from './run.ts';
import { findTestPrograms } from './test-programs.ts';

const nowMs = Date.parse('2026-11-23T00:00:00Z');
/** Nothing listens here: the discard port. */
const CLOSED = 'http://127.0.0.1:9';

/** A folder for PATH with the given shell scripts, and an empty cache. */
function machine(programs: Record<string, string>) {
  const folder = scratchFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const add = (name: string, body: string): string => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
    return join(bin, name);
  };
  for (const [name, body] of Object.entries(programs)) add(name, body);
  return { bin, add, env: { PATH: bin, XDG_CACHE_HOME: join(folder, 'cache'), FFMPEG_BINARIES_URL: CLOSED } };
}

const ffmpegOf = (version: string) => `echo "ffmpeg version ${version} Copyright"`;

test.each([
  ['5.1.6-0+deb12u1', true],
  ['n7.0', true],
  ['N-118000-g1234567', true],
  ['4.4.2', false],
])('ffmpeg %s is taken: %s', async (version, taken) => {
  const { bin } = machine({ ffmpeg: ffmpegOf(version) });
  const path = join(bin, 'ffmpeg');
  expect(await probe(path)).toEqual(taken ? { path, version } : `which is version ${version}, too old`);
});

test('FFMPEG_PATH comes first, and is refused when it is broken', async () => {
  const { env, add } = machine({ ffmpeg: ffmpegOf('6.0') });
  const given = add('mine', ffmpegOf('7.1'));
  expect(await ffmpeg(root, { ...env, FFMPEG_PATH: given }, nowMs)).toEqual({ path: given, version: '7.1' });
  const broken = add('broken', 'exit 1');
  await expect(ffmpeg(root, { ...env, FFMPEG_PATH: broken }, nowMs)).rejects.toThrow(
    `FFMPEG_PATH is set to ${broken}`,
  );
  await expect(ffmpeg(root, { ...env, FFMPEG_PATH: '/nowhere' }, nowMs)).rejects.toThrow('FFMPEG_PATH');
});

test('ffmpeg-static comes before the system’s; a broken one is passed over', async () => {
  const { env, bin } = machine({ ffmpeg: ffmpegOf('6.0') });
  const cached = join(cacheFolder(env), 'ffmpeg', `ffmpeg-static-b6.1.1-${process.platform}-${process.arch}`);
  mkdirSync(join(cached, '..'), { recursive: true });
  writeFileSync(cached, `#!/bin/sh\n${ffmpegOf('6.1.1')}\n`, { mode: 0o755 });
  expect(await ffmpeg(root, env, nowMs)).toEqual({ path: cached, version: '6.1.1' });
  writeFileSync(cached, '#!/bin/sh\nexit 127\n');
  expect(await ffmpeg(root, env, nowMs)).toEqual({ path: join(bin, 'ffmpeg'), version: '6.0' });
});

test('a failed download is noted, and tried again a day later', async () => {
  const { env, bin } = machine({ ffmpeg: ffmpegOf('6.0') });
  expect(await ffmpeg(root, env, nowMs)).toEqual({ path: join(bin, 'ffmpeg'), version: '6.0' });
  const name = `ffmpeg-static-b6.1.1-${process.platform}-${process.arch}.unavailable`;
  const note = join(cacheFolder(env), 'ffmpeg', name);
  const at = (ms: number) => utimesSync(note, new Date(ms), new Date(ms));
  at(nowMs - 23 * 3_600_000);
  await ffmpeg(root, env, nowMs);
  expect(statSync(note).mtimeMs).toBe(nowMs - 23 * 3_600_000);
  at(nowMs - 25 * 3_600_000);
  await ffmpeg(root, env, nowMs);
  expect(statSync(note).mtimeMs).toBeGreaterThan(nowMs - 25 * 3_600_000);
});

test('without any ffmpeg, and without apt-get, the packages are named', async () => {
  const { env } = machine({});
  const attempt = ffmpeg(root, env, nowMs);
  await expect(attempt).rejects.toThrow(SetupError);
  await expect(attempt).rejects.toThrow(/MP4 export needs packages.*ffmpeg\n.*apt-get install ffmpeg/);
});

test('the media worker: the given one, then the cached one', async () => {
  const { env, add } = machine({});
  const given = add('worker', 'exit 41');
  expect(await mediaWorker(root, { ...env, MEDIASOUP_WORKER_BIN: given })).toBe(given);
  const cached = join(cacheFolder(env), 'media-worker', mediaWorkerKey(root));
  mkdirSync(join(cached, '..'), { recursive: true });
  writeFileSync(cached, '#!/bin/sh\nexit 41\n', { mode: 0o755 });
  expect(await mediaWorker(root, env)).toBe(cached);
});

test('a media worker that does not load is refused; one that cannot be built names its packages', async () => {
  const { env, add } = machine({});
  const broken = add('worker', 'exit 127');
  const attempt = mediaWorker(root, { ...env, MEDIASOUP_WORKER_BIN: broken });
  await expect(attempt).rejects.toThrow(`MEDIASOUP_WORKER_BIN is set to ${broken}, which does not run`);
  const closed = { ...env, MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: CLOSED };
  await expect(mediaWorker(root, closed)).rejects.toThrow(/building the media worker needs.*libsrtp2-dev/);
});

/** Serves a worker made of a shell script as mediasoup's releases are served; tells what was asked for. */
async function releases(body: string) {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'mediasoup-worker'), `#!/bin/sh\n${body}\n`);
  const packed = join(folder, 'worker.tgz');
  expect(await run('tar', ['-czf', packed, '-C', folder, 'mediasoup-worker'])).toMatchObject({ status: 0 });
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(readFileSync(packed));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A clone with mediasoup's own install script, which writes beside its package.json. */
function cloneWithMediasoup(): string {
  const clone = scratchFolder();
  const folder = join(clone, 'node_modules', 'mediasoup');
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'npm-scripts.mjs'])
    symlinkSync(join(root, 'node_modules', 'mediasoup', name), join(folder, name));
  return clone;
}

test('the official media worker is tried before one is built, and kept', { timeout: 30_000 }, async () => {
  const { env } = machine({});
  const clone = cloneWithMediasoup();
  const official = await releases('exit 41 # official');
  const online = { ...env, MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: official.url };
  const worker = await mediaWorker(clone, online);
  expect(readFileSync(worker, 'utf8')).toContain('# official');
  expect(await mediaWorker(clone, online)).toBe(worker);
  expect(official.asked).toEqual([expect.stringMatching(/mediasoup-worker-.*\.tgz$/)]);
});

test('an official media worker that does not run here is not taken: one is built', {
  timeout: 30_000,
}, async () => {
  const { env } = machine({});
  const official = await releases('exit 127');
  const online = { ...env, MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: official.url };
  await expect(mediaWorker(cloneWithMediasoup(), online)).rejects.toThrow(/building the media worker needs/);
  expect(official.asked).toHaveLength(1);
});

test('test programs: the overriding key, then PATH, then the packages by name', async () => {
  const { env, bin, add } = machine({ 'google-chrome': '', ffprobe: '', flvmeta: '', unzip: '' });
  const mine = add('mine', '');
  expect(await findTestPrograms(env)).toMatchObject({ CHROMIUM_PATH: join(bin, 'google-chrome') });
  expect(await findTestPrograms({ ...env, CHROMIUM_PATH: mine })).toMatchObject({ CHROMIUM_PATH: mine });
  await expect(findTestPrograms({ ...env, CHROMIUM_PATH: bin })).rejects.toThrow('which is no program');
  await expect(findTestPrograms(machine({ chromium: '' }).env)).rejects.toThrow(
    'apt-get install ffmpeg flvmeta unzip',
  );
});

test('programs are found in the order of their names; what cannot be run is none', () => {
  const { env, bin } = machine({ second: '' });
  writeFileSync(join(bin, 'first'), '');
  expect(findProgram(['first', 'second'], env)).toBe(join(bin, 'second'));
  expect(findProgram(['first', bin], env)).toBeUndefined();
});

test('a program that is missing, hangs or fails is answered, never thrown', async () => {
  expect(await run('/nowhere/program', [])).toMatchObject({ status: undefined });
  expect(await run('/bin/sleep', ['60'], { limitMs: 50 })).toMatchObject({ status: undefined });
  expect(await run('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'])).toMatchObject({ status: 3 });
});

test('whether a server can be reached at all', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await isReachable(`http://127.0.0.1:${port}/`, {})).toBe(true);
  server.close();
  expect(await isReachable(CLOSED, {})).toBe(false);
  expect(await isReachable(CLOSED, { HTTPS_PROXY: 'http://proxy.example' })).toBe(true);
});

test('what is made in the cache’s scratch is gone afterwards, also on failure', async () => {
  const { env } = machine({});
  let folder = '';
  const failing = inCacheScratch(cacheFolder(env), async (made) => {
    folder = made;
    throw new Error('cut short');
  });
  await expect(failing).rejects.toThrow('cut short');
  expect([folder.startsWith(cacheFolder(env)), existsSync(folder)]).toEqual([true, false]);
});

test('what a killed set-up left in the cache is removed a day later, and nothing else', () => {
  const { env } = machine({});
  const cache = cacheFolder(env);
  for (const name of ['making-abc', 'media-worker']) mkdirSync(join(cache, name), { recursive: true });
  const madeMs = statSync(join(cache, 'making-abc')).mtimeMs;
  removeAbandoned(cache, madeMs + 23 * 3_600_000);
  expect(existsSync(join(cache, 'making-abc'))).toBe(true);
  removeAbandoned(cache, madeMs + 25 * 3_600_000);
  expect([existsSync(join(cache, 'making-abc')), existsSync(join(cache, 'media-worker'))]).toEqual([
    false,
    true,
  ]);
});
