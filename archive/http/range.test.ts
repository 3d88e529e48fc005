import { describe, expect, test } from 'vitest';
import { isUnchanged, parseRange, rangeStillValid } from './range.ts';

const SIZE = 100;

describe('parseRange on 100 bytes', () => {
  test.each([
    ['bytes=0-0', { from: 0, to: 1 }],
    ['bytes=0-', { from: 0, to: 100 }],
    ['bytes=10-19', { from: 10, to: 20 }],
    ['bytes=99-', { from: 99, to: 100 }],
    ['bytes=90-1000', { from: 90, to: 100 }],
    ['bytes=-1', { from: 99, to: 100 }],
    ['bytes=-1000', { from: 0, to: 100 }],
    ['bytes= 1 - 2', { from: 1, to: 3 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=999999999999999-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', undefined],
    ['bytes=-', undefined],
    ['bytes=a-b', undefined],
    ['bytes=--5', undefined],
    ['bytes=0x1-0x2', undefined],
    ['bytes=1e1-', undefined],
    ['bytes=0-1,5-6', undefined],
    ['bytes=99999999999999999999999-', undefined],
    ['items=0-1', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(parseRange(header, SIZE)).toEqual(expected);
  });

  test('an empty file satisfies no range', () => {
    expect(parseRange('bytes=0-', 0)).toBe('unsatisfiable');
    expect(parseRange('bytes=-5', 0)).toBe('unsatisfiable');
  });
});

test('If-Range stands for our own strong ETag only', () => {
  expect(rangeStillValid(undefined, '"a"')).toBe(true);
  expect(rangeStillValid('"a"', '"a"')).toBe(true);
  expect(rangeStillValid('W/"a"', '"a"')).toBe(false);
  expect(rangeStillValid('"b"', '"a"')).toBe(false);
  expect(rangeStillValid('Mon, 23 Nov 2026 00:00:00 GMT', '"a"')).toBe(false);
});

test('If-None-Match is a list, compared weakly', () => {
  expect(isUnchanged('"x", W/"a"', '"a"')).toBe(true);
  expect(isUnchanged('*', '"a"')).toBe(true);
  expect(isUnchanged('"x"', '"a"')).toBe(false);
  expect(isUnchanged(undefined, '"a"')).toBe(false);
});
