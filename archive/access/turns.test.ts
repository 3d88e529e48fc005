import { expect, test } from 'vitest';
import { AT_ONCE, MAX_WAITING, MAX_WAITING_OF_ONE, Turns } from './turns.ts';

/** Work that ends when it is told to. */
function bench() {
  const turns = new Turns();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (name: string, address: string, isKnown = false) =>
    turns.run(address, isKnown, () => {
      begun.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
  const endOne = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, begun, endOne };
}

test('networks take turns, who is known comes first, and few are at work at once', async () => {
  const { ask, begun, endOne } = bench();
  for (const name of ['a1', 'a2', 'a3', 'a4']) void ask(name, '198.51.100.1');
  void ask('b1', '198.51.100.2');
  void ask('admin', '203.0.113.9', true);
  expect(begun).toHaveLength(AT_ONCE);
  for (let count = 0; count < 4; count += 1) await endOne();
  expect(begun).toEqual(['a1', 'a2', 'admin', 'a3', 'b1', 'a4']);
});

test('what waits is bounded, of one network and of all, but not for who is known', async () => {
  const { ask } = bench();
  for (let count = 0; count < AT_ONCE + MAX_WAITING_OF_ONE; count += 1) void ask('x', '198.51.100.1');
  await expect(ask('x', '198.51.100.1')).rejects.toMatchObject({ code: 'rate-limited' });
  for (let count = MAX_WAITING_OF_ONE; count < MAX_WAITING; count += 1) void ask('x', `10.0.0.${count}`);
  await expect(ask('x', '203.0.113.9')).rejects.toMatchObject({ code: 'rate-limited' });
  void ask('admin', '203.0.113.9', true);
});

test('work that fails gives its place on', async () => {
  const turns = new Turns();
  const fail = () => turns.run('198.51.100.1', false, () => Promise.reject(new Error('broken')));
  for (let count = 0; count < AT_ONCE + 1; count += 1) await expect(fail()).rejects.toThrow('broken');
  expect(await turns.run('198.51.100.1', false, async () => 'done')).toBe('done');
});
