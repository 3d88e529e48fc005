import { expect, test } from 'vitest';
import { exchanged, longestSilent, orderAfter } from './people-order.ts';

test('who was there keeps their place, who comes is last, who goes leaves no hole', () => {
  expect(orderAfter(['b', 'a'], ['a', 'b', 'c'])).toEqual(['b', 'a', 'c']);
  expect(orderAfter(['b', 'a', 'c'], ['a', 'c'])).toEqual(['a', 'c']);
});

test('nothing changes while the same people are there, whatever the order in which they are told', () => {
  const order = ['b', 'a'];
  expect(orderAfter(order, ['a', 'b'])).toBe(order);
});

test('two change places, and nobody else moves', () => {
  expect(exchanged(['a', 'b', 'c', 'd'], 'd', 'b')).toEqual(['a', 'd', 'c', 'b']);
});

test('the place of the last one who never spoke is given away first, then that of the longest silent', () => {
  expect(longestSilent(['a', 'b', 'c'], ['a'])).toBe('c');
  expect(longestSilent(['a', 'b', 'c'], ['b', 'c', 'a'])).toBe('a');
  expect(longestSilent([], ['a'])).toBeUndefined();
});
