import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Log, silentLog } from '#service/log.ts';
import { replaceFile, syncFolder } from './replace-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-replace-'));
});
afterEach(() => rm(folder, { recursive: true }));

function listening() {
  const warnings: [string, unknown][] = [];
  const log: Log = { ...silentLog, warn: (event, fields) => warnings.push([event, fields?.cause]) };
  return { log, warnings };
}

/** Has the file system refuse fsync of folders, or of files. */
async function refusing(what: 'folders' | 'files', code: string): Promise<void> {
  const probe = await open(folder, 'r');
  const spied = vi.spyOn(Object.getPrototypeOf(probe), 'sync');
  await probe.close();
  spied.mockImplementation(async function (this: typeof probe) {
    if ((await this.stat()).isDirectory() === (what === 'folders')) {
      throw Object.assign(new Error(`${code}: fsync`), { code });
    }
  });
}
afterEach(() => vi.restoreAllMocks());

test.each(['EINVAL', 'EIO', 'ENOTSUP'])(
  '[FILE12] a folder whose fsync answers %s is told once, and what is written stands',
  async (code) => {
    await refusing('folders', code);
    const { log, warnings } = listening();
    for (const text of ['one', 'two']) {
      await replaceFile(join(folder, 'a'), text, log);
      expect(await readFile(join(folder, 'a'), 'utf8')).toBe(text);
    }
    expect(warnings).toEqual([['folder-not-synced', `${code}: fsync`]]);
  },
);

test('[FILE12] what the file itself is refused is an error', async () => {
  await replaceFile(join(folder, 'a'), 'old', silentLog);
  await refusing('files', 'EIO');
  await expect(replaceFile(join(folder, 'a'), 'new', silentLog)).rejects.toMatchObject({ code: 'EIO' });
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old');
});

test.runIf(platform() === 'linux')('a real file system that syncs no folder', async () => {
  const { log, warnings } = listening();
  await syncFolder('/proc/self', log);
  expect(warnings).toEqual([['folder-not-synced', 'EINVAL: invalid argument, fsync']]);
  await expect(syncFolder(join(folder, 'gone'), log)).rejects.toMatchObject({ code: 'ENOENT' });
});
