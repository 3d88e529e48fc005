import { expect, test } from 'vitest';
import { DiskWatch, RESERVE_PARTS } from './disk-watch.ts';

const MIB = 2 ** 20;
const MIN = 1024 * MIB;
const PART = MIN / RESERVE_PARTS;

interface Meeting {
  name: string;
  bytesPerS: number;
  bytes: number;
}

/** Looks each second while they write, until nothing is left or nobody writes; who ended, with how much was free then. */
function fill(meetings: Meeting[], freeAtFirst: number, seconds: number): [string, number][] {
  const watch = new DiskWatch<Meeting>();
  const ended: [string, number][] = [];
  let running = meetings;
  let free = freeAtFirst;
  // What there is was written long ago.
  const earlier = meetings.map((of) => ({ of, bytes: of.bytes }));
  for (let look = 0; look < 300; look += 1) watch.look(Number.POSITIVE_INFINITY, MIN, earlier);
  for (let second = 0; second < seconds; second += 1) {
    for (const meeting of running) {
      meeting.bytes += meeting.bytesPerS;
      free -= meeting.bytesPerS;
    }
    for (const one of watch.look(
      free,
      MIN,
      running.map((of) => ({ of, bytes: of.bytes })),
    )) {
      ended.push([one.name, free]);
      running = running.filter((other) => other !== one);
    }
  }
  return ended;
}

test('[DISK1] who wrote most of late ends first, not who has most; the others go on as long as that helps', () => {
  const old = { name: 'old', bytesPerS: 0.1 * MIB, bytes: 10_000 * MIB };
  const small = { name: 'small', bytesPerS: 0.2 * MIB, bytes: 0 };
  const flood = { name: 'flood', bytesPerS: 40 * MIB, bytes: 0 };
  const ended = fill([old, small, flood], MIN + 400 * MIB, 120);
  expect(ended.map(([name]) => name)).toEqual(['flood']);
});

test('[DISK1] one that has just begun counts from its first byte', () => {
  const watch = new DiskWatch<object>();
  const [long, young] = [{ name: 'long' }, { name: 'young' }];
  watch.look(MIN, MIN, [{ of: long, bytes: 0 }]);
  const due = watch.look(MIN - 1, MIN, [
    { of: long, bytes: MIB },
    { of: young, bytes: 8 * MIB },
  ]);
  expect(due).toEqual([young]);
});

test('[DISK1] they end one by one while space goes on shrinking, and are all ended before it is gone', () => {
  const meetings = Array.from({ length: 6 }, (_, index) => ({
    name: `${index}`,
    bytesPerS: (index + 1) * MIB,
    bytes: 0,
  }));
  const ended = fill(meetings, MIN, 3600);
  expect(ended.map(([name]) => name)).toEqual(['5', '4', '3', '2', '1', '0']);
  const free = ended.map(([, bytes]) => bytes);
  free.slice(1).forEach((bytes, index) => {
    expect((free[index] ?? 0) - bytes).toBeGreaterThan(PART / 2);
  });
  expect(free.at(-1)).toBeGreaterThan(0);
});

test('[DISK1] many that write fast end together rather than fill it', () => {
  const meetings = Array.from({ length: 20 }, (_, index) => ({
    name: `${index}`,
    bytesPerS: 8 * MIB,
    bytes: 0,
  }));
  const ended = fill(meetings, MIN + 100 * MIB, 60);
  expect(ended.length).toBeGreaterThanOrEqual(RESERVE_PARTS);
  expect(Math.min(...ended.map(([, bytes]) => bytes))).toBeGreaterThan(0);
});

test('[DISK1] with room again it counts anew', () => {
  const watch = new DiskWatch<object>();
  const [a, b] = [{}, {}];
  const both = [a, b].map((of) => ({ of, bytes: 0 }));
  expect(watch.look(MIN - 1, MIN, both)).toHaveLength(1);
  expect(watch.look(MIN - 1, MIN, both)).toHaveLength(0);
  expect(watch.look(MIN, MIN, both)).toHaveLength(0);
  expect(watch.look(MIN - 1, MIN, both)).toHaveLength(1);
});
