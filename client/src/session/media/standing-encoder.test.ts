import { expect, test } from 'vitest';
import type { PictureCounts } from '../ports/media.ts';
import { StandingEncoder } from './standing-encoder.ts';

const STEP_MS = 1000;

type Course = (second: number) => Partial<PictureCounts> | undefined;

/** After how many seconds it is said to have failed; undefined: not within a minute. Looks are a second apart. */
function failsAfter(course: Course, stepMs = STEP_MS): number | undefined {
  const encoder = new StandingEncoder();
  for (let atMs = 0; atMs <= 60_000; atMs += stepMs) {
    const second = atMs / 1000;
    const counts = course(second);
    const whole = counts && { given: 30 * second, encoded: 0, heard: second, ...counts };
    if (encoder.push(whole, 1_790_000_000_000 + atMs)) return second;
  }
  return undefined;
}

/** What stands still from this second on. */
const upTo = (end: number, second: number): number => Math.min(end, second);

test.each<[string, Course, number | undefined]>([
  ['a camera that is encoded', (s) => ({ encoded: 25 * s }), undefined],
  ['a camera that never is', () => ({}), 6],
  ['a camera whose encoder fails after 10 s', (s) => ({ encoded: 25 * upTo(10, s) }), 16],
  [
    'a camera that gives nothing itself',
    (s) => ({ given: 30 * upTo(10, s), encoded: 30 * upTo(10, s) }),
    undefined,
  ],
  ['a picture each 4 s that is encoded', (s) => ({ encoded: Math.floor(s / 4) }), undefined],
  [
    'a still screen, its last picture on its way',
    (s) => ({ given: 31 + upTo(2, s), encoded: 31 }),
    undefined,
  ],
  ['a screen of which not even the first picture came', () => ({ given: 1 }), 6],
  [
    'a still screen that moves again at 30 s, and is not encoded',
    (s) => ({ given: 1 + Math.max(0, s - 30) * 30, encoded: 1 }),
    36,
  ],
  [
    'a still screen that moves again at 30 s, and is encoded late',
    (s) => ({ given: 1 + Math.max(0, s - 30) * 30, encoded: 1 + Math.max(0, s - 33) }),
    undefined,
  ],
  [
    'a screen that changes each 3 s, and is not encoded',
    (s) => ({ given: 9 + Math.floor(s / 3), encoded: 9 }),
    15,
  ],
  [
    'a network that is cut from 10 s on',
    (s) => ({ encoded: 25 * upTo(10, s), heard: upTo(10, s) }),
    undefined,
  ],
  [
    'a network that is cut for 8 s, and an encoder that needs 3 s more',
    (s) => ({
      encoded: 25 * (upTo(10, s) + Math.max(0, s - 21)),
      heard: upTo(10, s) + Math.max(0, s - 18),
    }),
    undefined,
  ],
  ['a server heard only each 3 s', (s) => ({ encoded: 9, heard: Math.floor(s / 3) }), 6],
  ['a camera that is off each 5th second', (s) => (s % 5 === 0 ? undefined : {}), undefined],
  [
    'a camera that is changed each 4 s, counted from zero',
    (s) => ({ given: 30 * (s % 4), encoded: 9 }),
    undefined,
  ],
])('[SEND1] %s', (_what, course, expected) => {
  expect(failsAfter(course)).toBe(expected);
});

test('[SEND1] nothing is said of a page that sleeps between its looks', () => {
  expect(failsAfter(() => ({}), 5000)).toBeUndefined();
});
