import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { temporaryFolder } from '../testing/sample.ts';
import { MAX_ZIPS_AT_ONCE, STALL_MS, Zips } from './zips.ts';

/** More than the pipe between the processes and their buffers hold. */
const FILE_BYTES = 4 * 1024 * 1024;
/** Before the end, while the last pieces wait in the process: the reader is slow here, and then quick. */
const SLOW_FROM_BYTES = 400_000;
const SLOW_TO_BYTES = 100_000;
const ROOM_MS = 30_000;
const forEver = new AbortController().signal;

/** ZIPs of one file, for whoever asks. */
async function open() {
  const clock = new ManualClock();
  const zips = new Zips(clock, silentLog);
  onTestFinished(() => zips.close());
  const path = join(await temporaryFolder(), 'a.flv');
  await writeFile(path, Buffer.alloc(FILE_BYTES, 'flv'));
  const files = [{ source: { path }, name: 'A.flv', bytes: FILE_BYTES }];
  const make = (asker: string, gone = forEver) =>
    zips.make({ manifest: '{}', files, modified: { epochMs: 0, local: '' } }, asker, gone);
  return { clock, make, zips };
}

async function lengthOf(output: Readable): Promise<number> {
  let read = 0;
  for await (const chunk of output) read += (chunk as Buffer).length;
  return read;
}

test(
  'a reader slower than the disk gets the ZIP to its last byte',
  async () => {
    const { make } = await open();
    const { output, bytes } = await make('a');
    let read = 0;
    for await (const chunk of output) {
      read += (chunk as Buffer).length;
      const left = bytes - read;
      const isSlow = left < SLOW_FROM_BYTES && left > SLOW_TO_BYTES;
      for (let turns = 0; isSlow && turns < 20_000; turns++) await turn();
    }
    expect(read).toBe(bytes);
  },
  ROOM_MS,
);

test(
  'one asker leaves a place to the next, and what waits comes when a place is free',
  async () => {
    const { make, zips } = await open();
    const first = await make('a');
    const others = Array.from({ length: MAX_ZIPS_AT_ONCE }, () => make('a'));
    const other = await make('b');
    await vi.waitFor(() => expect(zips.active).toBe(MAX_ZIPS_AT_ONCE), ROOM_MS);
    for (const { bytes, output } of [first, other]) expect(await lengthOf(output)).toBe(bytes);
    for (const waiting of others) {
      const { bytes, output } = await waiting;
      expect(await lengthOf(output)).toBe(bytes);
    }
    await vi.waitFor(() => expect(zips.active).toBe(0), ROOM_MS);
  },
  ROOM_MS,
);

test(
  'whoever waits too long is told, and whoever goes away is forgotten',
  async () => {
    const { clock, make, zips } = await open();
    for (let count = 1; count < MAX_ZIPS_AT_ONCE; count += 1) await make('a');
    const late = make('a');
    const leaving = new AbortController();
    const left = make('a', leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    clock.advance(STALL_MS - 10_000);
    await expect(late).rejects.toMatchObject({ code: 'rate-limited' });
    expect(zips.active).toBe(MAX_ZIPS_AT_ONCE - 1);
    expect(clock.pending).toBe(1);
  },
  ROOM_MS,
);

test(
  'who takes nothing gives the place back after a while, and is not left waiting for the rest',
  async () => {
    const { clock, make, zips } = await open();
    const { output } = await make('a');
    clock.advance(STALL_MS);
    await expect(lengthOf(output)).rejects.toThrow();
    await vi.waitFor(() => expect(zips.active).toBe(0), ROOM_MS);
    expect(zips.slow).toBe(1);
  },
  ROOM_MS,
);

test(
  'while somebody waits, the slowest of those who take little gives way',
  async () => {
    const { clock, make, zips } = await open();
    const slow: Readable[] = [];
    for (const asker of ['a', 'b', 'c', 'd']) slow.push((await make(asker)).output);
    // One after the other takes a little, so that none of them has stalled.
    const ends = slow.map((output) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      output.once('error', () => resolve());
      return promise;
    });
    for (let passed = 0; passed < STALL_MS * 2; passed += STALL_MS / 2) {
      for (const output of slow) {
        // The next piece follows before time goes on: the reader is slow, not the disk.
        await vi.waitFor(() => expect(output.read()).not.toBeNull(), ROOM_MS);
        await vi.waitFor(() => expect(output.readableLength).toBeGreaterThan(0), ROOM_MS);
      }
      clock.advance(STALL_MS / 2);
    }
    expect([zips.active, zips.slow]).toEqual([MAX_ZIPS_AT_ONCE, 0]);
    const waiting = make('e');
    clock.advance(5000);
    await Promise.race(ends);
    const { bytes, output } = await waiting;
    expect(await lengthOf(output)).toBe(bytes);
    expect(zips.slow).toBe(1);
  },
  ROOM_MS,
);
