import { expect, test } from 'vitest';
import { FairShare } from './fair-share.ts';

/** Who gives, in turn, a hundred bytes at a time, until so much is left. */
function gives(shares: Record<string, number>, leave: number): string[] {
  const fair = new FairShare(new Map(Object.entries(shares)));
  let total = Object.values(shares).reduce((sum, bytes) => sum + bytes, 0);
  const given: string[] = [];
  while (total > leave && fair.largest !== undefined) {
    given.push(fair.largest);
    fair.give(100);
    total -= 100;
  }
  return given;
}

test('whoever fills the archive gives first, until all are level; then they take turns', () => {
  expect(gives({ daily: 300, flood: 1000, board: 200 }, 800)).toEqual(Array(7).fill('flood'));
  expect(gives({ daily: 300, flood: 500, board: 200 }, 300).toSorted()).toEqual([
    ...Array(1).fill('board'),
    ...Array(2).fill('daily'),
    ...Array(4).fill('flood'),
  ]);
});

test('a meeting with nothing to give is passed over', () => {
  const fair = new FairShare(
    new Map([
      ['live', 900],
      ['daily', 100],
    ]),
  );
  fair.passOver();
  expect(fair.largest).toBe('daily');
  fair.passOver();
  expect(fair.largest).toBeUndefined();
});
