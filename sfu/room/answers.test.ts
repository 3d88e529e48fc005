import { expect, test } from 'vitest';
import { MAX_ANSWERS } from '#protocol/recorder.ts';
import { Answers } from './answers.ts';
import { marksIn, marksOf } from './marks.ts';

const at = (connectionId: string, key: string | undefined, subject?: string) => ({
  connectionId,
  marks: marksOf('weekly', { key, subject }),
});
const open = (isIn = (_: string) => false) => new Answers('r', isIn);

test('a “no” is the person’s, over whatever connection; a “yes” is one page’s', () => {
  const answers = open();
  answers.set(at('a', 'k'), 'accepted');
  expect(answers.knownOf(at('a', 'k'))).toBe('accepted');
  expect(answers.knownOf(at('a-2', 'k'))).toBeUndefined();
  answers.left('a');
  expect(answers.knownOf(at('a', 'k'))).toBeUndefined();
  answers.set(at('a', 'k'), 'accepted');
  expect(answers.knownOf(at('a', 'k'))).toBe('accepted');
  answers.set(at('b', 'l'), 'withdrawn');
  answers.left('b');
  expect(answers.knownOf(at('b-2', 'l'))).toBe('withdrawn');
  answers.set(at('b-2', 'l'), 'accepted');
  expect(answers.knownOf(at('b-3', 'l'))).toBeUndefined();
  answers.set(at('b-3', 'l'), 'pending');
  answers.set(at('b-2', 'l'), 'declined');
  answers.set(at('b-4', 'l'), 'pending');
  expect(answers.knownOf(at('b-5', 'l'))).toBe('declined');
});

test('nobody agrees with a token, or a subject, that somebody else agreed with', () => {
  const answers = open();
  answers.set(at('a', 'k', 'anna'), 'accepted');
  expect(answers.knownOf(at('a', 'another browser', 'anna'))).toBeUndefined();
  expect(answers.knownOf(at('a', undefined, 'anna'))).toBeUndefined();
  answers.set(at('b', undefined), 'accepted');
  expect(answers.knownOf(at('b', undefined))).toBeUndefined();
  // A "no" needs less.
  answers.set(at('a', 'k', 'anna'), 'declined');
  expect(answers.knownOf(at('a', undefined))).toBe('declined');
  expect(answers.knownOf(at('c', 'another browser', 'anna'))).toBe('declined');
});

test('what the manifest has of earlier answers is understood', () => {
  const answers = open();
  answers.takeUp({
    connectionId: 'a',
    consent: 'withdrawn',
    isIn: false,
    marks: marksIn('r', at('a', 'k').marks),
  });
  expect(answers.knownOf(at('a-2', 'k'))).toBe('withdrawn');
  answers.takeUp({
    connectionId: 'b',
    consent: 'withdrawn',
    isIn: false,
    marks: marksIn('another', at('b', 'l').marks),
  });
  expect(answers.knownOf(at('b-2', 'l'))).toBeUndefined();
  for (const isIn of [true, false]) {
    answers.takeUp({ connectionId: 'c', consent: 'accepted', isIn, marks: marksIn('r', at('c', 'm').marks) });
    expect(answers.knownOf(at('c', 'm'))).toBe(isIn ? 'accepted' : undefined);
  }
});

test('marks tell nothing of another meeting, another recording, or the key', () => {
  const mark = marksOf('weekly', { key: 'k', subject: 's' });
  expect(new Set([...mark, ...marksOf('daily', { key: 'k', subject: 's' })]).size).toBe(4);
  expect(new Set([...marksIn('r1', mark), ...marksIn('r2', mark)]).size).toBe(4);
  expect(marksOf('weekly', { key: 'x', subject: 'x' }).map((one) => one.split('-')[0])).toEqual([
    'key',
    'subject',
  ]);
});

test('answers of those who have left are bounded, of those who are in none is forgotten', () => {
  const answers = open((connectionId) => connectionId === 'in');
  answers.set(at('in', 'k'), 'accepted');
  answers.set(at('gone', 'l'), 'declined');
  for (let index = 0; index < MAX_ANSWERS - 1; index += 1)
    answers.set(at(`x${index}`, `x${index}`), 'declined');
  expect(answers.of('in')).toBe('accepted');
  expect(answers.of('gone')).toBeUndefined();
  expect(answers.of('x0')).toBe('declined');
});
