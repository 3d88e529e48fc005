import { expect, test } from 'vitest';
import { inWords, sum, tallyOfCheck, tallyOfVitest } from './tally.ts';

const report = (...files: { status: string; tests: string[] }[]) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((outcome) => ({ status: outcome })),
    })),
  });

test.each([
  ['a good run', report({ status: 'passed', tests: ['passed', 'passed', 'skipped'] }), 0, [2, 0, 1]],
  ['a failed test', report({ status: 'failed', tests: ['passed', 'failed'] }), 1, [1, 1, 0]],
  ['a file that does not load', report({ status: 'failed', tests: [] }), 1, [0, 1, 0]],
  ['an unhandled error', report({ status: 'passed', tests: ['passed'] }), 1, [1, 1, 0]],
  ['no report', undefined, 1, [0, 1, 0]],
  ['half a report', '{"testResults":[', undefined, [0, 1, 0]],
] as const)('%s', (_, text, status, [passed, failed, skipped]) => {
  expect(tallyOfVitest(text, status)).toEqual({ passed, failed, skipped });
});

test('the closing line', () => {
  expect(inWords(sum([tallyOfCheck(0), tallyOfCheck(1), tallyOfCheck(undefined)]))).toBe(
    '1 passed, 2 failed',
  );
  expect(inWords({ passed: 3, failed: 0, skipped: 2 })).toBe('3 passed, 0 failed, 2 skipped');
});
