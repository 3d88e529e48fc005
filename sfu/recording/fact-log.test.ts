import { expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { FACT_LIMITS, FactBudget } from './fact-budget.ts';
import { FactLog } from './fact-log.ts';
import { FactSender } from './fact-sender.ts';
import { RecorderLink } from './recorder-link.ts';

const left = { type: 'left', connectionId: 'a' } as const;
const speakers = { type: 'speakers', connectionIds: ['a'] } as { type: 'speakers'; connectionIds: string[] };

test('facts are numbered from 1 without holes, at whole milliseconds', () => {
  const log = new FactLog();
  expect(log.last).toBe(0);
  log.append(left, 1000.6);
  log.append(speakers, 1001.2);
  expect(log.last).toBe(2);
  expect(log.after(0, 10)).toEqual([
    { type: 'left', connectionId: 'a', seq: 1, atMs: 1001 },
    { type: 'speakers', connectionIds: ['a'], seq: 2, atMs: 1001 },
  ]);
  expect(log.after(1, 10).map(({ seq }) => seq)).toEqual([2]);
  expect(log.after(2, 10)).toEqual([]);
  expect(log.after(0, 1)).toHaveLength(1);
});

test('a full kind is told once, and what else happens is kept, without holes', () => {
  const full: string[] = [];
  const budget = new FactBudget({
    limits: { ...FACT_LIMITS, speakers: { people: 1, own: 0, common: 150, each: 150 } },
  });
  const log = new FactLog({ budget, onFull: (kind) => full.push(kind) });
  const taken = [speakers, speakers, speakers, left, speakers].map((fact) => log.append(fact, 0));
  expect(taken).toEqual([true, true, false, true, false]);
  expect(log.after(0, 10).map(({ seq, type }) => `${seq} ${type}`)).toEqual([
    '1 speakers',
    '2 speakers',
    '3 full',
    '4 left',
  ]);
  expect([log.dropped, full]).toEqual([2, ['speakers']]);
});

test('who says nothing, and for whom there is no room, is told of when they answer, as they are then', () => {
  const log = new FactLog({ budget: new FactBudget({ places: { agreed: 9, refused: 9, silent: 1 } }) });
  const joined = (connectionId: string) =>
    ({ type: 'joined', connectionId, name: 'N', role: 'participant' }) as const;
  const says = (connectionId: string, consent: 'pending' | 'accepted') =>
    ({ type: 'consent', connectionId, consent }) as const;
  for (const one of ['a', 'b', 'c']) {
    expect(log.append(joined(one), 1000)).toBe(true);
    expect(log.append(says(one, 'pending'), 1000)).toBe(true);
  }
  log.append({ type: 'left', connectionId: 'b' }, 2000);
  log.append({ type: 'role', connectionId: 'c', role: 'host' }, 3000);
  log.append(says('b', 'accepted'), 4000);
  log.append(says('c', 'accepted'), 4000);
  const told = log.after(2, 10).map(({ atMs, seq: _, ...fact }) => [atMs, fact]);
  expect(told).toEqual([
    [4000, says('b', 'accepted')],
    [1000, { ...joined('c'), role: 'host' }],
    [4000, says('c', 'accepted')],
  ]);
  expect(log.dropped).toBe(0);
});

/** A link to a recorder that takes facts over, `limit` at a time, once `answer` is called. */
function openLink() {
  const batches: number[][] = [];
  const waiting: (() => void)[] = [];
  const link = new RecorderLink(
    { recorderId: 'r', instanceId: 'i', capacity: 1 },
    {
      send: (_event, data, answer) => {
        const seqs = (data as { facts: { seq: number }[] }).facts.map(({ seq }) => seq);
        batches.push(seqs);
        waiting.push(() => answer({ ok: true, lastFact: seqs.at(-1) ?? 0 }));
      },
      disconnect: () => {},
    },
    new ManualClock(),
    { back: () => {}, lost: () => {}, orphan: () => {} },
  );
  link.beat({ recordings: [] });
  return { link, batches, answer: () => waiting.shift()?.() };
}

test('one message at a time; what happens meanwhile is in the next one', async () => {
  const log = new FactLog();
  const { link, batches, answer } = openLink();
  log.append(left, 0);
  log.append(left, 0);
  const sender = new FactSender(log, link, 'r', 0);
  const flushed = sender.flush();
  await new Promise(setImmediate);
  log.append(left, 0);
  void sender.flush();
  expect(batches).toEqual([[1, 2]]);
  answer();
  await new Promise(setImmediate);
  expect(batches).toEqual([[1, 2], [3]]);
  expect(sender.isBehind).toBe(true);
  answer();
  await flushed;
  expect(sender.isBehind).toBe(false);
  await sender.flush();
  expect(batches).toHaveLength(2);
});

test('a recorder is sent only what it does not have', async () => {
  const log = new FactLog();
  for (let count = 0; count < 1200; count += 1) log.append({ ...left, connectionId: `p-${count % 600}` }, 0);
  const { link, batches, answer } = openLink();
  const flushed = new FactSender(log, link, 'r', 150).flush();
  for (let batch = 0; batch < 3; batch += 1) {
    await new Promise(setImmediate);
    answer();
  }
  await flushed;
  expect(batches.map((seqs) => [seqs[0], seqs.at(-1)])).toEqual([
    [151, 650],
    [651, 1150],
    [1151, 1200],
  ]);
});

test('a message is bounded in bytes, too', async () => {
  const log = new FactLog();
  const text = '試'.repeat(2000);
  for (let count = 0; count < 80; count += 1) log.append({ type: 'chat', connectionId: 'a', text }, 0);
  const { link, batches, answer } = openLink();
  const flushed = new FactSender(log, link, 'r', 0).flush();
  for (let batch = 0; batch < 2; batch += 1) {
    await new Promise(setImmediate);
    answer();
  }
  await flushed;
  expect(batches.map(({ length }) => length)).toEqual([43, 37]);
});

test('a lost recorder ends the flush', async () => {
  const log = new FactLog();
  log.append(left, 0);
  const { link } = openLink();
  const flushed = new FactSender(log, link, 'r', 0).flush();
  link.close();
  await expect(flushed).rejects.toMatchObject({ code: 'recorder-lost' });
});
