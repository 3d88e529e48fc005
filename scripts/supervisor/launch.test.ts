import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { root } from '../setup/places.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { type Exit, launchNode } from './launch.ts';

/** A real process that uses service/supervised.ts, as ours do. */
function start(body: string, nodeFlags: readonly string[] = [], compiled?: string) {
  const folder = scratchFolder();
  const entry = join(folder, 'main.ts');
  const supervised = JSON.stringify(join(root, 'service', 'supervised.ts'));
  writeFileSync(entry, `import * as supervised from ${supervised};\n${body}`);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const lines: string[] = [];
  const ready = Promise.withResolvers<string | undefined>();
  const exited = Promise.withResolvers<Exit>();
  const run = launchNode({
    ...{ nodeFlags, entry, cwd: folder, env: { ...process.env, NODE_COMPILE_CACHE: compiled } },
    print: (line) => lines.push(line),
  })({
    onReady: (message) => ready.resolve(message.adminPassword),
    onExit: exited.resolve,
  });
  return { run, lines, ready: ready.promise, exited: exited.promise };
}

test('a process announces itself, is asked to stop, and stops once', async () => {
  const { run, lines, ready, exited } = start(`
    supervised.onStopRequested(async (reason) => console.log('closing for', reason));
    supervised.announceReady({ adminPassword: 'only-now' });
  `);
  expect(await ready).toBe('only-now');
  run.stop();
  run.stop();
  expect(await exited).toEqual({ code: 0, signal: undefined });
  expect(lines).toEqual(['closing for SIGTERM']);
});

test('a stop that fails ends the process with 1', async () => {
  const { run, ready, exited } = start(`
    supervised.onStopRequested(() => { throw new Error('the disk is gone'); });
    supervised.announceReady();
  `);
  await ready;
  run.stop();
  expect(await exited).toEqual({ code: 1, signal: undefined });
});

test('a process does not outlive its supervisor', async () => {
  const { exited, lines } = start(`
    supervised.onStopRequested((reason) => console.log(reason));
    supervised.announceReady();
    process.disconnect();
  `);
  expect(await exited).toEqual({ code: 0, signal: undefined });
  expect(lines).toEqual(['disconnect']);
});

test('a process that hangs can be killed', async () => {
  const { run, ready, exited } = start(`
    supervised.onStopRequested(() => new Promise(() => setInterval(() => {}, 1000)));
    supervised.announceReady();
  `);
  await ready;
  run.stop();
  run.kill();
  expect(await exited).toEqual({ code: undefined, signal: 'SIGKILL' });
});

test('a process is started with its own flags of Node', async () => {
  const { lines, exited } = start('console.log(process.execArgv.join());', ['--max-semi-space-size=4']);
  await exited;
  expect(lines).toEqual(['--max-semi-space-size=4']);
});

test('what was compiled for a process is kept for its successor, though it is killed', async () => {
  const compiled = scratchFolder();
  const body = 'supervised.announceReady(); setInterval(() => {}, 1000);';
  const { run, ready, exited } = start(body, [], compiled);
  await ready;
  await vi.waitUntil(() => readdirSync(compiled, { recursive: true }).length > 1);
  run.kill();
  await exited;
});
