import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { requireFolder } from './require-folder.ts';

test('a folder that is missing is made, one that cannot be is refused by its name', async () => {
  const root = await mkdtemp(join(tmpdir(), 'verbatim-folder-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await requireFolder('DATA_DIR', join(root, 'one', 'other'));
  expect((await stat(join(root, 'one', 'other'))).isDirectory()).toBe(true);
  await writeFile(join(root, 'file'), '');
  const refused = requireFolder('RECORDINGS_DIR', join(root, 'file', 'x'));
  await expect(refused).rejects.toMatchObject({
    code: 'storage-unwritable',
    message: expect.stringContaining('RECORDINGS_DIR'),
  });
});
