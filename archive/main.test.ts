import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { sampleFile, sampleManifest, temporaryFolder, writeRecording } from './testing/sample.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function start(folder: string, changes: Record<string, string>): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'main.ts'), {
    silent: true,
    execArgv: [],
    env: {
      PATH: process.env.PATH,
      SECRET: 'secret-for-the-test',
      JOIN_SECRET: 'secret-for-the-test',
      RECORDER_TOKEN: 'secret-for-the-test',
      RECORDINGS_DIR: join(folder, 'recordings'),
      DATA_DIR: join(folder, 'data'),
      ...changes,
    },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function failure(child: ChildProcess): Promise<string> {
  const words = child.stderr ? text(child.stderr) : '';
  expect((await once(child, 'exit'))[0]).toBe(1);
  return words;
}

test('it reports a made password once, ends cleanly, and says when its port is taken', async () => {
  const folder = await temporaryFolder();
  const PORT = String(await freePort());
  const first = await start(folder, { PORT });
  const [ready] = await once(first, 'message');
  expect(ready).toEqual({
    type: 'ready',
    adminPassword: expect.stringMatching(/^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/),
  });
  const answer = await fetch(`http://127.0.0.1:${PORT}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: ready.adminPassword }),
  });
  expect(answer.status).toBe(200);

  const rival = await start(await temporaryFolder(), { PORT });
  expect(await failure(rival)).toBe(
    `Port ${PORT} on 127.0.0.1 is already in use. Stop the other program, or choose another PORT in .env.\n`,
  );

  first.kill('SIGTERM');
  expect(await once(first, 'exit')).toEqual([0, null]);
  const second = await start(folder, { PORT });
  expect((await once(second, 'message'))[0]).toEqual({ type: 'ready' });
});

test.each(['RECORDINGS_DIR', 'DATA_DIR'])('an unusable %s is named', async (key) => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const words = await failure(await start(folder, { [key]: join(folder, 'file/inside') }));
  expect(words).toMatch(new RegExp(`^${key} \\(.*file/inside\\) cannot be read and written: .*\n$`));
});

test('wrong keys are all named at once', async () => {
  const words = await failure(await start(await temporaryFolder(), { PORT: 'x', SECRET: 'short' }));
  expect(words).toMatch(/PORT: must be a whole number\n.*SECRET: must have at least 16 characters/s);
  const lonely = await failure(await start(await temporaryFolder(), { TLS_CERT: '/nowhere' }));
  expect(lonely).toBe('TLS_CERT and TLS_KEY must be set together.\n');
});

/** What others may do with anything below a folder; empty when it is its owner's alone. */
async function openToOthers(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const paths = names.map((name) => join(folder, name));
  const modes = await Promise.all(paths.map(async (path) => ({ path, mode: (await lstat(path)).mode })));
  return modes.filter(({ mode }) => (mode & 0o077) !== 0).map(({ path }) => path);
}

test('nothing that it keeps is readable to others, nor stays so', { timeout: 30_000 }, async () => {
  const folder = await temporaryFolder();
  const [data, recordings] = [join(folder, 'data'), join(folder, 'recordings')];
  await mkdir(join(data, 'backups'), { recursive: true });
  await writeFile(join(data, 'secrets.env'), 'SECRET=x');
  // Older ones than of two weeks go.
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await writeFile(join(data, `backups/app-${yesterday}.db`), 'a backup');
  await writeRecording(recordings, sampleManifest(1), { [sampleFile('alice-1').name]: 'FLV' });
  for (const path of [folder, data, recordings]) expect(await openToOthers(path)).not.toEqual([]);
  const child = await start(folder, { PORT: String(await freePort()) });
  await once(child, 'message');
  await vi.waitFor(async () => {
    const names = await readdir(data, { recursive: true });
    for (const name of [
      'app.db',
      'app.db-wal',
      'app.db-shm',
      'catalog.db',
      'catalog.db-wal',
      'catalog.db-shm',
    ]) {
      expect(names).toContain(name);
    }
    expect(names.filter((name) => name.startsWith('backups/app-'))).toHaveLength(2);
    expect([await openToOthers(data), await openToOthers(recordings)]).toEqual([[], []]);
  }, 20_000);
  child.kill('SIGTERM');
  await once(child, 'exit');
});
