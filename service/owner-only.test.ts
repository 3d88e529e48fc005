import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tightenEntries } from './owner-only.ts';

const modeOf = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8);

test('what was readable to others becomes its owner’s alone, and links lead nowhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-modes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [open, shut, other] = [join(folder, 'open'), join(folder, 'shut'), join(folder, 'other')];
  for (const path of [open, shut, other]) {
    await mkdir(join(path, 'exports'), { recursive: true });
    for (const name of ['a.flv', 'exports/a.mp4']) {
      await writeFile(join(path, name), 'x');
      await chmod(join(path, name), 0o644);
    }
    await chmod(join(path, 'exports'), 0o755);
    await chmod(path, 0o755);
  }
  await chmod(shut, 0o700);
  await symlink(other, join(folder, 'link'));
  await symlink(join(other, 'a.flv'), join(open, 'b.flv'));
  const result = await tightenEntries(folder, (name) => name !== 'other');
  expect(result).toEqual({ changed: 4, left: 0 });
  expect(await modeOf(open)).toBe('700');
  for (const name of ['a.flv', 'exports/a.mp4']) expect(await modeOf(join(open, name))).toBe('600');
  expect(await modeOf(join(open, 'exports'))).toBe('700');
  // Nobody gets through its folder; and what a link points at is not ours to change.
  expect(await modeOf(join(shut, 'a.flv'))).toBe('644');
  expect([await modeOf(other), await modeOf(join(other, 'a.flv'))]).toEqual(['755', '644']);
  expect(await tightenEntries(folder, () => true)).toMatchObject({ changed: 4 });
  expect(await tightenEntries(folder, () => true)).toMatchObject({ changed: 0 });
});
