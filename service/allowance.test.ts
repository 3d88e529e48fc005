import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';

const limits = { people: 3, own: 2, common: 5, each: 3 };

test('one person has their own share and a part of the common one', () => {
  const allowance = new Allowance(limits);
  expect([1, 1, 1, 1, 1, 1].map((amount) => allowance.take('a', amount))).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('what is common can be used up, what is somebody’s own cannot', () => {
  const allowance = new Allowance(limits);
  expect(allowance.take('a', 5)).toBe(true);
  expect(allowance.take('b', 4)).toBe(true);
  expect(allowance.take('b', 1)).toBe(false);
  expect(allowance.take('c', 3)).toBe(false);
  expect(allowance.take('c', 2)).toBe(true);
  expect(allowance.take('d', 1)).toBe(false);
});
