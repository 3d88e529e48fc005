import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Locks, OWNER_TIMEOUT_MS, thisOwner } from './ownership.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 10, 20, 30);
const HELD = { code: 'recording-owned' };
const first = thisOwner('recorder-1', 'first');
const another = (instanceId = 'second') => new Locks(thisOwner('recorder-2', instanceId));

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-ownership-'));
});
afterEach(() => rm(root, { recursive: true }));

test('[OWN2] one owner at a time, until it releases', async () => {
  const owned = await new Locks(first).take(root, NOW_MS);
  const locks = another();
  await expect(locks.take(root, NOW_MS)).rejects.toMatchObject(HELD);
  await owned.release();
  await locks.take(root, NOW_MS);
});

test('[OWN3] who has seen no beat for 10 s takes over, only one of them, and the owner learns of it', async () => {
  const owned = await new Locks(first).take(root, NOW_MS);
  const others = ['a', 'b', 'c'].map(another);
  const attempt = (nowMs: number) => Promise.allSettled(others.map((locks) => locks.take(root, nowMs)));
  const taken = async (nowMs: number) =>
    (await attempt(nowMs)).filter(({ status }) => status === 'fulfilled').length;
  expect(await taken(NOW_MS + 60_000)).toBe(0);
  expect(await taken(NOW_MS + 60_000 + OWNER_TIMEOUT_MS - 1)).toBe(0);
  expect(await taken(NOW_MS + 60_000 + OWNER_TIMEOUT_MS)).toBe(1);
  expect(await owned.beat(NOW_MS)).toBe(false);
});

test('[OWN4] an owner whose process is gone from this machine is replaced at once', async () => {
  await new Locks({ ...first, pid: 2 ** 22 + 1 }).take(root, NOW_MS);
  const owned = await another().take(root, NOW_MS);
  expect(await owned.beat(NOW_MS)).toBe(true);
});

test.each([12_000, -12_000, 8 * 3_600_000])(
  '[OWN5] a lock that beats is not taken over by a machine whose clock is %d ms ahead',
  async (aheadMs) => {
    const owned = await new Locks({ ...first, machine: 'elsewhere' }).take(root, NOW_MS);
    const locks = another();
    for (let ms = 0; ms <= 5 * OWNER_TIMEOUT_MS; ms += OWNER_TIMEOUT_MS / 2) {
      expect(await owned.beat(NOW_MS + ms)).toBe(true);
      await expect(locks.take(root, NOW_MS + ms + aheadMs)).rejects.toMatchObject(HELD);
    }
  },
);

test('a lock that was cut off while it was written is taken over once it has not changed for 10 s', async () => {
  await writeFile(join(root, 'owner.json'), '{"recorderId":');
  const locks = another();
  await expect(locks.take(root, NOW_MS)).rejects.toMatchObject(HELD);
  await locks.take(root, NOW_MS + OWNER_TIMEOUT_MS);
});

test('a takeover that was cut off does not lock the recording for ever', async () => {
  await new Locks({ ...first, pid: 2 ** 22 + 1 }).take(root, NOW_MS);
  await mkdir(join(root, 'owner.takeover'));
  const locks = another();
  await expect(locks.take(root, NOW_MS)).rejects.toMatchObject(HELD);
  await locks.take(root, NOW_MS + OWNER_TIMEOUT_MS);
});

/** A namespace of processes of its own, as a container has: only where this machine lets us make one. */
const INTO_NAMESPACE = ['--pid', '--fork', '--kill-child'];
const mayUnshare = spawnSync('unshare', [...INTO_NAMESPACE, 'true']).status === 0;

describe.runIf(mayUnshare)('in another container on this machine', () => {
  async function holder(): Promise<ChildProcessWithoutNullStreams> {
    const program = join(import.meta.dirname, 'testing/lock-holder.ts');
    const child = spawn('unshare', [...INTO_NAMESPACE, process.execPath, program, root]);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    expect(await said(child)).toBe('held\n');
    return child;
  }

  async function said(child: ChildProcessWithoutNullStreams): Promise<string> {
    return String((await once(child.stdout, 'data'))[0]);
  }

  test('[OWN5] a process that we cannot see is not gone', async () => {
    const child = await holder();
    const locks = another();
    await expect(locks.take(root, NOW_MS)).rejects.toMatchObject(HELD);
    child.stdin.write('\n');
    expect(await said(child)).toBe('beat true\n');
    await expect(locks.take(root, NOW_MS + OWNER_TIMEOUT_MS)).rejects.toMatchObject(HELD);
  });
});
