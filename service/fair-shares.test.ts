import { expect, test } from 'vitest';
import { type Claimant, FairShares } from './fair-shares.ts';

const TOTAL = 900;

function takeAll(shares: FairShares, claimant: (count: number) => Claimant): number {
  for (let count = 0; ; count += 1) if (!shares.take(claimant(count), 1)) return count;
}

test('a network gets two thirds of what is left, and the next one of the rest', () => {
  const shares = new FairShares(TOTAL);
  const from = (network: string) => takeAll(shares, () => ({ network }));
  expect(['a', 'b', 'c', 'd', 'e'].map(from)).toEqual([600, 200, 66, 22, 8]);
});

test('one person leaves most of it, also to others of their network', () => {
  const shares = new FairShares(TOTAL);
  const network = 'an office';
  expect(takeAll(shares, () => ({ network, person: 'mallory' }))).toBe(180);
  expect(takeAll(shares, (count) => ({ network, person: `${count}` }))).toBe(420);
});

test('whose network is not known may take all of it, and what is given back is there again', () => {
  const shares = new FairShares(TOTAL);
  expect(takeAll(shares, () => ({}))).toBe(TOTAL);
  expect(shares.take({ network: 'a' }, 1)).toBe(false);
  shares.giveBack({}, TOTAL);
  expect(takeAll(shares, () => ({ network: 'a' }))).toBe(600);
  shares.giveBack({ network: 'a' }, 600);
  expect(takeAll(shares, () => ({ network: 'a' }))).toBe(600);
});

test('an amount is taken whole, or not at all', () => {
  const shares = new FairShares(10);
  expect(shares.take({}, 11)).toBe(false);
  expect(shares.take({}, 10)).toBe(true);
  expect(shares.take({}, 0)).toBe(true);
});
