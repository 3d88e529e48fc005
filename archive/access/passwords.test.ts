import { expect, test } from 'vitest';
import { Turns } from '../work/turns.ts';
import { HASHING } from './passwords.ts';

/** Work that ends when it is told to. */
function bench() {
  const turns = new Turns(HASHING);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (name: string, network: string, isKnown = false) =>
    turns.run(network, { isKnown }, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const endOne = () => {
    ends.shift()?.();
    return settle();
  };
  return { ask, begun, endOne, settle };
}

test('networks take turns, who is known comes first, and few are at work at once', async () => {
  const { ask, begun, endOne, settle } = bench();
  for (const name of ['a1', 'a2', 'a3', 'a4']) void ask(name, 'a');
  void ask('b1', 'b');
  void ask('admin', 'c', true);
  await settle();
  expect(begun).toHaveLength(HASHING.places);
  for (let count = 0; count < 4; count += 1) await endOne();
  expect(begun).toEqual(['a1', 'a2', 'admin', 'b1', 'a3', 'a4']);
});

test('what waits is bounded, of one network and of all, but not for who is known', async () => {
  const { ask } = bench();
  const { maxWaiting, maxWaitingOfOne, places } = HASHING;
  for (let count = 0; count < places + maxWaitingOfOne; count += 1) void ask('x', 'a');
  await expect(ask('x', 'a')).rejects.toMatchObject({ code: 'rate-limited' });
  for (let count = maxWaitingOfOne; count < maxWaiting; count += 1) void ask('x', `network ${count}`);
  await expect(ask('x', 'another')).rejects.toMatchObject({ code: 'rate-limited' });
  void ask('admin', 'another', true);
});
