import { expect, test } from 'vitest';
import { MAX_PROBLEM_LENGTH, MAX_PROBLEMS, ProblemLog } from './problem-log.ts';

test('problems are bounded in number and length, and what is full is noted all the same', () => {
  const log = new ProblemLog([]);
  const message = 'x'.repeat(2 * MAX_PROBLEM_LENGTH);
  for (let count = 0; count < MAX_PROBLEMS + 7; count += 1)
    log.note({ atMs: count, code: 'internal', message });
  log.note({ atMs: 9000, code: 'recording-full', message: 'The chat is full.' });
  expect(log.all).toHaveLength(MAX_PROBLEMS + 2);
  expect(log.all[0]?.message).toHaveLength(MAX_PROBLEM_LENGTH);
  expect(log.all.at(-2)?.message).toBe('The chat is full.');
  expect(log.all.at(-1)?.message).toBe('7 more problems came, which are not noted.');
});
