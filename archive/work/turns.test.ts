import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const forEver = new AbortController().signal;

/** Turns, with a list of who had one so far. */
function open(places: number, limits: { maxWaiting?: number; maxWaitingOfOne?: number } = {}) {
  const turns = new Turns({ places, maxWaiting: 100, maxWaitingOfOne: 50, ...limits });
  const begun: { asker: string; done: () => void }[] = [];
  const ask = (asker: string, signal = forEver) =>
    turns.take(asker, { signal }).then((done) => void begun.push({ asker, done }));
  const settle = async () => {
    for (let step = 0; step < 10; step += 1) await Promise.resolve();
  };
  return { ask, begun, settle, turns };
}

test('one asker never holds every place, and whoever comes next finds one at once', async () => {
  const { ask, begun, settle, turns } = open(4);
  for (let count = 0; count < 10; count += 1) void ask('greedy');
  await settle();
  expect([turns.taken, turns.waiting]).toEqual([3, 7]);
  await ask('late');
  expect(begun.map(({ asker }) => asker)).toEqual(['greedy', 'greedy', 'greedy', 'late']);
});

test('askers take turns, however many of one came first', async () => {
  const { ask, begun, settle } = open(1);
  for (const asker of ['a', 'a', 'a', 'a', 'b', 'c', 'b']) void ask(asker);
  for (let turn = 0; turn < 7; turn += 1) {
    await settle();
    begun[turn]?.done();
  }
  expect(begun.map(({ asker }) => asker).join('')).toBe('abcabaa');
});

test('whoever goes away leaves the queue, and more than it holds are refused', async () => {
  const { ask, begun, settle, turns } = open(1, { maxWaiting: 3, maxWaitingOfOne: 2 });
  await ask('a');
  const leaving = new AbortController();
  const left = ask('b', leaving.signal);
  void ask('b');
  await expect(ask('b')).rejects.toMatchObject({ code: 'rate-limited' });
  void ask('c');
  await expect(ask('d')).rejects.toMatchObject({ code: 'rate-limited' });
  leaving.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  await expect(ask('d', leaving.signal)).rejects.toThrow('gone');
  expect(turns.waiting).toBe(2);
  begun[0]?.done();
  begun[0]?.done();
  await settle();
  expect([turns.taken, begun.length]).toEqual([1, 2]);
});

test('work that fails gives its place on', async () => {
  const { turns } = open(1);
  const fail = () => turns.run('a', {}, () => Promise.reject(new Error('broken')));
  for (let count = 0; count < 2; count += 1) await expect(fail()).rejects.toThrow('broken');
  expect(await turns.run('a', {}, async () => 'done')).toBe('done');
});

test('no place is lost and none is given twice, whatever comes and goes', async () => {
  const step = fc.record({
    asker: fc.constantFrom('a', 'b', 'c'),
    deed: fc.constantFrom('ask', 'leave', 'done'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { ask, begun, settle, turns } = open(3);
      const controllers: AbortController[] = [];
      for (const { asker, deed } of steps) {
        if (deed === 'ask') {
          const controller = new AbortController();
          controllers.push(controller);
          ask(asker, controller.signal).catch(() => undefined);
        } else if (deed === 'leave') controllers.pop()?.abort(new Error('gone'));
        else begun.shift()?.done();
        await settle();
        expect(turns.taken).toBe(begun.length);
        expect(turns.taken).toBeLessThanOrEqual(3);
      }
      while (begun.length > 0) {
        begun.shift()?.done();
        await settle();
      }
      expect([turns.taken, turns.waiting]).toEqual([0, 0]);
    }),
    { seed: 1, numRuns: 100 },
  );
});
