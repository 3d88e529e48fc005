import { expect, test } from 'vitest';
import { MAX_SPEAKERS, SPEAKER_HOLD_MS, Speakers } from './speakers.ts';

test('only a beginning or an end is news', () => {
  const speakers = new Speakers();
  expect(speakers.update([], 0)).toBeUndefined();
  expect(speakers.update(['a'], 500)).toEqual(['a']);
  expect(speakers.update(['a'], 1000)).toBeUndefined();
  expect(speakers.update(['b', 'a'], 1500)).toEqual(['b', 'a']);
  expect(speakers.update(['a', 'b'], 2000)).toBeUndefined();
});

test('a pause shorter than the hold is no end', () => {
  const speakers = new Speakers();
  speakers.update(['a'], 0);
  expect(speakers.update([], SPEAKER_HOLD_MS - 1)).toBeUndefined();
  expect(speakers.update(['a'], SPEAKER_HOLD_MS)).toBeUndefined();
  expect(speakers.update([], 2 * SPEAKER_HOLD_MS - 1)).toBeUndefined();
  expect(speakers.update([], 2 * SPEAKER_HOLD_MS)).toEqual([]);
});

test('the loudest come first, and no more than the protocol carries', () => {
  const speakers = new Speakers();
  speakers.update(['a'], 0);
  const many = Array.from({ length: 20 }, (_, index) => `p${index}`);
  const now = speakers.update(many, 500);
  expect(now).toEqual(many.slice(0, MAX_SPEAKERS));
});
