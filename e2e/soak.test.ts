import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scaled } from '#scripts/testing/slowness.ts';
import { run } from './testing/recording-inspection/programs.ts';

const SOAK = join(import.meta.dirname, '..', 'bench', 'soak', 'main.ts');

/** A quarter of a minute, where a page does in it what it is to do. */
const minutes = () => scaled(0.25).toFixed(2);

async function soak(...args: string[]): Promise<string> {
  const { status, stderr, stdout } = await run(process.execPath, [SOAK, ...args]);
  const report = stdout.toString();
  expect(report + stderr).toContain('Every file is sound.');
  expect(report).toMatch(/^\| recorder \|/m);
  expect(status, report).toBe(0);
  return report;
}

test('six people come and go: nothing is left open, every file is sound', async () => {
  const report = await soak('--minutes', minutes(), '--participants', '6');
  expect(report).toMatch(/^\d+ recordings, \d{2,} files/m);
});

test('a host in a browser watches and records seven people who come and go: the page holds on to nothing', async () => {
  const report = await soak('--scenario', 'browser', '--minutes', minutes(), '--participants', '8');
  expect(report).toMatch(/\d+ × watch the others/);
  expect(report).toMatch(/^\| page \|/m);
});
