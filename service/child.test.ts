import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { getPriority, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type ChildLimits, startChild, startNodeChild, wasNotStarted } from './child.ts';

const GENEROUS: ChildLimits = { niceness: 1, memoryBytes: 1024 ** 3 };
const FOR_EVER = 'while :; do :; done';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-child-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a shell script says, and how it ended. */
async function run(script: string, limits: Partial<ChildLimits> = {}) {
  const child = startChild('/bin/sh', ['-c', script], { limits: { ...GENEROUS, ...limits }, stdio: 'pipe' });
  const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { said: said.trim(), code, signal };
}

test('a child gets nothing of our environment but where programs lie', async () => {
  vi.stubEnv('SECRET', 'a secret');
  vi.stubEnv('LD_LIBRARY_PATH', '/where/libraries/lie');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { said } = await run('env');
  const keys = said.split('\n').map((line) => line.split('=')[0]);
  // A shell adds these by itself.
  expect(keys.filter((key) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(key ?? '')).sort()).toEqual([
    'LD_LIBRARY_PATH',
    'PATH',
  ]);
});

test('a child is last in the queue for the processor, and leaves no core dump', async () => {
  const { said } = await run('nice; ulimit -c', { niceness: 7 });
  expect(said).toBe(`${Math.min(19, getPriority() + 7)}\n0`);
});

test('a child that takes too much time, of the processor or of the clock, is ended', async () => {
  expect((await run(FOR_EVER, { cpuSeconds: 1 })).signal).toMatch(/^SIG(KILL|XCPU)$/);
  expect((await run('exec sleep 1000', { wallMs: 50 })).signal).toBe('SIGKILL');
});

test('limits need be neither whole numbers nor small', async () => {
  const { code } = await run('exit 3', {
    wallMs: 1e12 + 0.5,
    cpuSeconds: 40_000.5,
    memoryBytes: 2 ** 30 + 0.5,
  });
  expect(code).toBe(3);
});

test('a child writes no file larger than it may', async () => {
  const path = join(scratch(), 'grown');
  await run(`while printf '%01024d' 0 >> ${path}; do :; done`, { fileBytes: 8192 });
  expect(statSync(path).size).toBe(8192);
});

test.runIf(platform() === 'linux')('a child that takes too much memory gets none', async () => {
  const script = `x=0123456789abcdef; while :; do x=$x$x; done`;
  const { code, signal } = await run(script, { memoryBytes: 32 * 1024 ** 2, cpuSeconds: 20 });
  expect([signal, code]).not.toContain(0);
  expect(signal).not.toMatch(/SIG(KILL|XCPU)/);
});

test('a program that is not there is told from one that fails', async () => {
  const child = startChild('/no/such/program', [], { limits: GENEROUS, stdio: 'pipe' });
  const [code] = await once(child, 'close');
  expect(wasNotStarted(code)).toBe(true);
  expect(wasNotStarted((await run('exit 1')).code)).toBe(false);
});

test('a Node child has a channel, an output, its limits and no environment', async () => {
  vi.stubEnv('SECRET', 'a secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const entry = join(scratch(), 'entry.mjs');
  writeFileSync(
    entry,
    `process.once('message', (message) => {
       process.send({ message, env: Object.keys(process.env), flags: process.execArgv });
       process.stdout.write('said', () => process.disconnect());
     });`,
  );
  const child = startNodeChild(entry, GENEROUS);
  child.send('hello');
  const [[answer], said] = await Promise.all([once(child, 'message'), child.stdout && text(child.stdout)]);
  expect(answer.message).toBe('hello');
  expect(answer.env).not.toContain('SECRET');
  expect(answer.flags).toEqual(['--max-old-space-size=1024']);
  expect(said).toBe('said');
});

test.runIf(platform() === 'linux')('what the kernel shows of a child is what it was given', async () => {
  vi.stubEnv('RECORDER_TOKEN', 'a secret');
  onTestFinished(() => void vi.unstubAllEnvs());
  const child = startChild('cat', [], { limits: GENEROUS, stdio: 'pipe' });
  await vi.waitFor(() => expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('cat\n'), 10_000);
  expect(readFileSync(`/proc/${child.pid}/environ`, 'utf8')).not.toContain('RECORDER_TOKEN');
  child.stdin.end();
  await once(child, 'close');
});
