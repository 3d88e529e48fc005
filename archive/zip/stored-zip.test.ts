import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { scaled } from '#scripts/testing/slowness.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { StoredZip, zipLength } from './stored-zip.ts';

const run = promisify(execFile);
const UNZIP = process.env.UNZIP_PATH || 'unzip';
const env = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' };
const time = { epochMs: Date.parse('2026-11-22T10:00:04Z'), local: '2026-11-22 19-00-04' };
const GIB = 1024 ** 3;
/** Beyond what 32 bits count, in zeros. */
const LARGE = { bytes: 4 * GIB + 5, crc32: 0xb1c2a1a3 };

/** Writes a ZIP in which all content is zeros, which take no room on the disk. */
async function zerosZip(entries: { name: string; bytes: number; crc32: number }[]): Promise<string> {
  const path = join(await temporaryFolder(), 'zeros.zip');
  const handle = await open(path, 'w');
  const zip = new StoredZip(time);
  let at = 0;
  const heads: Buffer[] = [];
  for (const entry of entries) {
    const head = zip.entry(entry);
    if (entry.bytes > 0) await handle.write(head, 0, head.length, at);
    else heads.push(head);
    at += head.length + entry.bytes;
  }
  if (heads.length > 0) await handle.write(Buffer.concat(heads), 0, undefined, 0);
  const end = zip.end();
  await handle.write(end, 0, end.length, at);
  await handle.close();
  expect(at + end.length).toBe(zipLength(entries));
  return path;
}

test('files beyond 4 GiB, and those behind them, are found', async () => {
  const small = { bytes: 3, crc32: crc32(Buffer.alloc(3)) };
  const path = await zerosZip([
    { name: 'huge.flv', ...LARGE },
    { name: '李 – after.flv', ...small },
  ]);
  // Of the huge one the check would take a minute on a slow machine.
  expect((await run(UNZIP, ['-t', path, '*after.flv'], { env })).stdout).toContain('No errors detected');
  const { stdout } = await run(UNZIP, ['-lv', path], { env });
  expect(stdout).toMatch(/4294967301 {2}Stored .* 2026-11-22 10:00 b1c2a1a3 {2}huge.flv/);
  expect(stdout).toContain('李 – after.flv');
});

test('a reader of a stream is told beforehand of more than 32 bits count', () => {
  const head = new StoredZip(time).entry({ name: 'a', ...LARGE });
  expect([head.readUInt16LE(4), head.readUInt32LE(14)]).toEqual([45, LARGE.crc32]);
  expect([head.readUInt32LE(18), head.readUInt32LE(22)]).toEqual([0xffffffff, 0xffffffff]);
  const extra = head.subarray(30 + 1);
  expect([extra.readUInt16LE(0), extra.readUInt16LE(2)]).toEqual([1, 16]);
  expect([extra.readBigUInt64LE(4), extra.readBigUInt64LE(12)]).toEqual(Array(2).fill(BigInt(LARGE.bytes)));
});

test(
  'more files than 16 bits count are found',
  async () => {
    const path = await zerosZip(
      Array.from({ length: 65_536 }, (_, index) => ({ name: `${index}.flv`, bytes: 0, crc32: 0 })),
    );
    const { stdout } = await run(UNZIP, ['-l', path], { env, maxBuffer: 16 * 1024 ** 2 });
    expect(stdout).toContain('65535.flv');
    expect(stdout).toContain('65536 files');
  },
  scaled(20_000),
);

test('for readers that know MS-DOS times alone it is the time of the place', () => {
  const head = new StoredZip(time).entry({ name: 'a', bytes: 0, crc32: 0 });
  const [clock, day] = [head.readUInt16LE(10), head.readUInt16LE(12)];
  expect([clock >> 11, (clock >> 5) & 63, (clock & 31) * 2]).toEqual([19, 0, 4]);
  expect([(day >> 9) + 1980, (day >> 5) & 15, day & 31]).toEqual([2026, 11, 22]);
  expect(
    new StoredZip({ epochMs: 0, local: '1970-01-01 00-00-00' }).entry({ name: 'a', bytes: 0, crc32: 0 })[12],
  ).toBe(33);
});
