import { expect, test } from 'vitest';
import { fieldsOf, rulesOf, sameRules } from './retention-form.ts';

test.each([
  ['', '', { days: null, maxBytes: null }],
  ['30', '', { days: 30, maxBytes: null }],
  [' 7 ', '500', { days: 7, maxBytes: 500e9 }],
  ['', '0.5', { days: null, maxBytes: 5e8 }],
  ['', '1,5', { days: null, maxBytes: 1.5e9 }],
])('“%s” days and “%s” gigabytes are rules', (days, gigabytes, rules) => {
  expect(rulesOf({ days, gigabytes })).toEqual({ rules, wrong: { days: false, gigabytes: false } });
  expect(rulesOf(fieldsOf(rules)).rules).toEqual(rules);
});

test.each(['0', '-1', '1.5', 'soon', '99999', 'NaN', '1e9'])('“%s” days are none', (days) => {
  expect(rulesOf({ days, gigabytes: '1' })).toEqual({
    rules: undefined,
    wrong: { days: true, gigabytes: false },
  });
});

test.each(['0', '-3', 'all', 'Infinity', '1e30'])('“%s” gigabytes are none', (gigabytes) => {
  expect(rulesOf({ days: '', gigabytes }).wrong).toEqual({ days: false, gigabytes: true });
});

test('rules are the same when both parts are', () => {
  expect(sameRules({ days: 1, maxBytes: null }, { days: 1, maxBytes: null })).toBe(true);
  expect(sameRules({ days: 1, maxBytes: null }, { days: 1, maxBytes: 1 })).toBe(false);
});
