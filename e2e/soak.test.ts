import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from './support/recording-inspection/programs.ts';

const SOAK = join(import.meta.dirname, '..', 'bench', 'soak', 'main.ts');

test('six people come and go for a quarter of a minute: nothing is left open, every file is sound', async () => {
  const args = [SOAK, '--minutes', '0.25', '--participants', '6'];
  const { status, stderr, stdout } = await run(process.execPath, args);
  const report = stdout.toString();
  expect(report + stderr).toContain('Every file is sound.');
  expect(report).toMatch(/^\d+ recordings, \d{2,} files/m);
  expect(report).toMatch(/^\| recorder \|/m);
  expect(status, report).toBe(0);
});
