import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Zips } from './zips.ts';

/** More than the pipe between the processes and their buffers hold. */
const FILE_BYTES = 4 * 1024 * 1024;
/** Before the end, while the last pieces wait in the process: the reader is slow here, and then quick. */
const SLOW_FROM_BYTES = 400_000;
const SLOW_TO_BYTES = 100_000;

let folder: string;
const zips = new Zips();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-zips-'));
});

afterEach(async () => {
  zips.close();
  await rm(folder, { recursive: true, force: true });
});

test('a reader slower than the disk gets the ZIP to its last byte', async () => {
  const path = join(folder, 'a.flv');
  await writeFile(path, Buffer.alloc(FILE_BYTES, 'flv'));
  const { output, bytes } = await zips.make({
    manifest: '{}',
    files: [{ path, name: 'A.flv', bytes: FILE_BYTES }],
    modifiedAtMs: 0,
  });
  let read = 0;
  for await (const chunk of output) {
    read += (chunk as Buffer).length;
    const left = bytes - read;
    const isSlow = left < SLOW_FROM_BYTES && left > SLOW_TO_BYTES;
    for (let turns = 0; isSlow && turns < 20_000; turns++) await turn();
  }
  expect(read).toBe(bytes);
});
