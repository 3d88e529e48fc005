import { expect, test } from 'vitest';
import { inTurn } from './in-turn.ts';

test('each waits for those before it, whatever became of them, and hears of its own alone', async () => {
  const queue = inTurn();
  const begun: number[] = [];
  const first = Promise.withResolvers<string>();
  const all = [
    queue(() => {
      begun.push(1);
      return first.promise;
    }),
    queue(() => {
      begun.push(2);
      throw new Error('the second');
    }),
    queue(() => begun.push(3)),
  ];
  await new Promise(setImmediate);
  expect(begun).toEqual([1]);
  first.resolve('one');
  expect(await Promise.allSettled(all)).toMatchObject([
    { value: 'one' },
    { reason: { message: 'the second' } },
    { value: 3 },
  ]);
});
