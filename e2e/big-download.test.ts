import { once } from 'node:events';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleFile, sampleId, sampleManifest } from '#archive/testing/sample.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { ADMIN_PASSWORD, launch, ownEnvironment } from './testing/system.ts';
import { until } from './testing/wait.ts';

const GIB = 1024 ** 3;
/** Of one person for a week without a break, or of a hundred people for an afternoon. */
const HUGE_BYTES = 10 * GIB;
const ZIPPED_BYTES = GIB;
/** Pages, buffers and garbage; a file that is taken into memory is far above. */
const GROWTH_LIMIT_MIB = 160;

const file = sampleFile('alice-1');
let folder: string;
let url: string;
let archive: ReturnType<typeof launch>;
let cookie: string;

/** A recording whose only file is as long as this, and takes no room on the disk. */
async function sparseRecording(index: number, bytes: number): Promise<void> {
  const recording = join(folder, 'recordings', sampleId(index));
  await mkdir(recording, { recursive: true });
  const handle = await open(join(recording, file.name), 'w');
  await handle.truncate(bytes);
  await handle.close();
  // With a sum, so that none is computed meanwhile.
  const files = [{ ...file, bytes, sha256: '0'.repeat(64) }];
  await writeFile(join(recording, 'manifest.json'), JSON.stringify(sampleManifest(index, { files })));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-e2e-'));
  const secret = 'secret of the tests, long enough to sign with';
  const own = await ownEnvironment(folder);
  const env = { ...own, SECRET: secret, JOIN_SECRET: secret, RECORDER_TOKEN: secret };
  await sparseRecording(1, HUGE_BYTES);
  await sparseRecording(2, ZIPPED_BYTES);
  archive = launch(env, join(import.meta.dirname, '../archive/main.ts'));
  url = `http://127.0.0.1:${own.PORT}`;
  cookie = await until('signed in', signIn);
  const listed = async () => {
    const list = await fetch(`${url}/api/recordings`, { headers: { cookie } });
    return ((await list.json()) as { recordings: unknown[] }).recordings.length === 2;
  };
  await until('both are indexed', listed);
});

/** Undefined until the archive serves and has taken the password over. */
async function signIn(): Promise<string | undefined> {
  const answer = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: ADMIN_PASSWORD }),
  });
  return answer.headers.getSetCookie()[0]?.split(';')[0];
}

afterAll(async () => {
  archive?.process.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Resident memory of the archive and of every process it started, in MiB. */
async function memoryMib(): Promise<number> {
  const pid = archive.process.pid;
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  const sizes = [`${pid}`, ...children].filter(Boolean).map(async (one) => {
    const status = await readFile(`/proc/${one}/status`, 'utf8').catch(() => '');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Takes a whole answer, and tells how much memory the archive held at most from the first bytes on. */
async function take(
  path: string,
): Promise<{ bytes: number; promised: number; growthMib: number; slowestMs: number }> {
  // Not fetch, whose own cost would be most of the time.
  const [answer] = (await once(get(`${url}${path}`, { headers: { cookie } }), 'response')) as [
    IncomingMessage,
  ];
  expect(answer.statusCode).toBe(200);
  let bytes = 0;
  let firstMib: number | undefined;
  let mostMib = 0;
  let slowestMs = 0;
  let nextLook = 64 * 1024 * 1024;
  for await (const chunk of answer) {
    bytes += (chunk as Buffer).length;
    if (bytes < nextLook) continue;
    nextLook += GIB / 8;
    const nowMib = await memoryMib();
    firstMib ??= nowMib;
    mostMib = Math.max(mostMib, nowMib);
    const asked = performance.now();
    await (await fetch(`${url}/healthz`)).text();
    slowestMs = Math.max(slowestMs, performance.now() - asked);
  }
  const promised = Number(answer.headers['content-length']);
  return { bytes, promised, growthMib: mostMib - (firstMib ?? 0), slowestMs };
}

test.each([
  ['a file of 10 GiB', `/api/recordings/${sampleId(1)}/files/${file.name}`, HUGE_BYTES],
  ['a ZIP of 1 GiB', `/api/recordings/${sampleId(2)}/zip`, ZIPPED_BYTES],
])('%s is downloaded with flat memory, while others are answered', async (what, path, atLeast) => {
  const taken = await take(path);
  console.log(
    `${what}: memory grew by ${taken.growthMib.toFixed(0)} MiB, slowest other answer ${taken.slowestMs.toFixed(0)} ms`,
  );
  expect(taken.bytes).toBe(taken.promised);
  expect(taken.bytes).toBeGreaterThanOrEqual(atLeast);
  expect(taken.growthMib).toBeLessThan(GROWTH_LIMIT_MIB);
  expect(taken.slowestMs).toBeLessThan(scaled(1000));
});

test('a range at the far end of it is answered at once', async () => {
  const path = `/api/recordings/${sampleId(1)}/files/${file.name}`;
  const headers = { cookie, range: `bytes=${HUGE_BYTES - 5}-` };
  const answer = await fetch(`${url}${path}`, { headers });
  expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([206, 5]);
  expect(answer.headers.get('content-range')).toBe(`bytes ${HUGE_BYTES - 5}-${HUGE_BYTES - 1}/${HUGE_BYTES}`);
});

test('a download given up leaves no process behind', async () => {
  const controller = new AbortController();
  const answer = await fetch(`${url}/api/recordings/${sampleId(2)}/zip`, {
    headers: { cookie },
    signal: controller.signal,
  });
  await answer.body?.getReader().read();
  controller.abort();
  const { pid } = archive.process;
  const alone = async () => (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim() === '';
  await until('the ZIP’s process has ended', alone);
  expect((await readdir(join(folder, 'recordings', sampleId(2)))).sort()).toEqual([
    file.name,
    'manifest.json',
  ]);
});
