import { beforeEach, expect, test } from 'vitest';
import { type Look, VideoBudget } from './video-budget.ts';

const videos = [
  { id: 'small', priority: 10 },
  { id: 'screen', priority: 255 },
  { id: 'large', priority: 200 },
];
const tight: Look = { availableBps: 300_000, sentBps: 1_000_000, videos };
const enough: Look = { availableBps: 2_000_000, sentBps: 1_000_000, videos };

let budget: VideoBudget;
let nowMs: number;

beforeEach(() => {
  budget = new VideoBudget();
  nowMs = 0;
});

/** So many looks, a second apart; what is held back after the last one. */
function look(what: Look, seconds: number): string[] {
  let held: ReadonlySet<string> = new Set();
  for (let second = 0; second < seconds; second += 1) {
    nowMs += 1000;
    held = budget.look(what, nowMs);
  }
  return [...held];
}

test('with enough for all, nothing is held back', () => {
  expect(look(enough, 20)).toEqual([]);
});

test('one look that is too much is none: the estimate swings', () => {
  expect(look(tight, 1)).toEqual([]);
  expect(look(enough, 1)).toEqual([]);
  expect(look(tight, 1)).toEqual([]);
});

test('the least important one is held back first, one after the other, a screen last', () => {
  expect(look(tight, 3)).toEqual(['small']);
  expect(look(tight, 3)).toEqual(['small', 'large']);
  expect(look(tight, 20)).toEqual(['small', 'large', 'screen']);
});

test('the most important one is tried first again, after five seconds', () => {
  look(tight, 6);
  expect(look(enough, 4)).toEqual(['small', 'large']);
  expect(look(enough, 1)).toEqual(['small']);
  expect(look(enough, 5)).toEqual([]);
});

test('each time that was too early, the next one is later', () => {
  const one = { ...tight, videos: videos.slice(0, 1) };
  const fine = { ...enough, videos: one.videos };
  look(one, 3);
  expect(look(fine, 5)).toEqual([]);
  expect(look(one, 3)).toEqual(['small']);
  expect(look(fine, 9)).toEqual(['small']);
  expect(look(fine, 1)).toEqual([]);
});

test('a video that flows again for long has its short wait back', () => {
  const one = { ...tight, videos: videos.slice(0, 1) };
  const fine = { ...enough, videos: one.videos };
  look(one, 3);
  look(fine, 5);
  look(one, 3);
  look(fine, 30);
  expect(look(one, 3)).toEqual(['small']);
  expect(look(fine, 5)).toEqual([]);
});

test('a video that is gone is not waited for', () => {
  look(tight, 3);
  expect(look({ ...tight, videos: videos.slice(1) }, 1)).toEqual([]);
});
