import { expect, test } from 'vitest';
import type { Sample } from './sample.ts';
import { growthOf, MEMORY_COUNTS_FROM_MS } from './verdict.ts';

const MIB = 2 ** 20;

/** Samples in which one figure of the recorder takes these values. */
function series(figure: string, values: readonly number[]): Sample[] {
  return values.map((value) => ({
    sfu: {},
    'media workers': {},
    recorder: { [figure]: value },
    'audio workers': {},
    archive: {},
    page: {},
  }));
}

const isFlat = (figure: string, values: readonly number[], durationMs = MEMORY_COUNTS_FROM_MS): boolean =>
  growthOf(series(figure, values), durationMs).every((growth) => growth.isFlat);

test('what is open at one moment only is no growth, what stays open is', () => {
  expect(isFlat('udpPorts', [9, 12, 9, 10, 9, 9, 14, 9])).toBe(true);
  expect(isFlat('udpPorts', [9, 9, 9, 10, 10, 10, 10, 10])).toBe(false);
  expect(isFlat('sockets', [9, 9, 9, 10, 10, 10, 11, 10])).toBe(true);
});

test('a leak of one in every round is found, however noisy the rounds are', () => {
  expect(isFlat('timers', [5, 9, 7, 8, 13, 10, 11, 15])).toBe(false);
  expect(isFlat('sockets', [5, 6, 7, 8])).toBe(false);
});

test('memory may grow a little, and less than that never counts', () => {
  expect(
    isFlat(
      'heapBytes',
      [40, 40, 41, 41, 42, 43, 43, 43].map((mib) => mib * MIB),
    ),
  ).toBe(true);
  expect(
    isFlat(
      'heapBytes',
      [40, 40, 42, 44, 46, 48, 50, 52].map((mib) => mib * MIB),
    ),
  ).toBe(false);
});

test('memory is not judged while processes still warm up, counts always are', () => {
  const short = MEMORY_COUNTS_FROM_MS - 1;
  expect(
    isFlat(
      'pssBytes',
      [40, 60, 80, 100].map((mib) => mib * MIB),
      short,
    ),
  ).toBe(true);
  expect(isFlat('udpPorts', [6, 6, 6, 7], short)).toBe(false);
});

test('what a part cannot tell is left out', () => {
  const told = growthOf(series('sockets', [1, 1, 1, 1]), MEMORY_COUNTS_FROM_MS);
  expect(told).toMatchObject([{ part: 'recorder', figure: 'sockets', first: 1, last: 1 }]);
});
