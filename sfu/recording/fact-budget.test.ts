import { expect, test } from 'vitest';
import type { FactBody } from '../../protocol/recorder.ts';
import { FACT_LIMITS, FactBudget, MAX_PEOPLE_PER_RECORDING } from './fact-budget.ts';

const consent = (
  connectionId: string,
  answer: 'pending' | 'accepted' | 'declined' | 'withdrawn',
): Extract<FactBody, { type: 'consent' }> => ({
  type: 'consent',
  connectionId,
  consent: answer,
});
const text = 'x'.repeat(2000);

/** Everything that one person can cause, but answers. */
function* noise(connectionId: string): Generator<FactBody> {
  yield { type: 'joined', connectionId, name: 'Mallory', role: 'participant' };
  yield { type: 'role', connectionId, role: 'participant' };
  yield { type: 'paused', connectionId, source: 'camera', paused: true };
  yield { type: 'away', connectionId, away: true };
  yield { type: 'chat', connectionId, text };
  yield { type: 'speakers', connectionIds: [connectionId] };
  yield { type: 'left', connectionId };
}

/** Gives facts until none is taken any more. */
function exhaust(budget: FactBudget, facts: () => Iterable<FactBody>): number {
  for (let count = 0; ; ) {
    const before = count;
    for (const fact of facts()) count += budget.take(fact) ? 1 : 0;
    if (count === before) return count;
  }
}

test('whoever comes and goes, mutes, writes and speaks in a loop uses up nothing of the consent ledger', () => {
  const budget = new FactBudget();
  for (const who of ['mallory', 'trent', 'eve']) exhaust(budget, () => noise(who));
  expect(budget.take({ type: 'speakers', connectionIds: ['mallory'] })).toBe(false);
  for (let count = 0; count < MAX_PEOPLE_PER_RECORDING; count += 1) {
    const answers = ['pending', 'accepted', 'withdrawn', 'accepted', 'declined'] as const;
    for (const answer of answers) expect(budget.take(consent(`p-${count}`, answer))).toBe(true);
  }
});

test('whoever changes their mind in a loop leaves everybody their own answers, and their own end', () => {
  const budget = new FactBudget();
  const loop = (who: string) => exhaust(budget, () => [consent(who, 'accepted'), consent(who, 'withdrawn')]);
  const first = loop('mallory');
  expect(first).toBeLessThanOrEqual(FACT_LIMITS.consent.own + FACT_LIMITS.consent.each);
  for (let count = 1; count < 100; count += 1) loop(`mallory-${count}`);
  expect(budget.take(consent('mallory', 'accepted'))).toBe(false);
  expect(budget.take(consent('pat', 'accepted'))).toBe(true);
  expect(budget.take(consent('pat', 'withdrawn'))).toBe(true);
});

test('an agreement is taken only with the place of its end', () => {
  const tiny = { people: 1, own: 3, common: 0, each: 0 };
  const budget = new FactBudget({ ...FACT_LIMITS, consent: tiny });
  expect(budget.take(consent('pat', 'pending'))).toBe(true);
  expect(budget.take(consent('pat', 'accepted'))).toBe(true);
  expect(budget.take(consent('pat', 'accepted'))).toBe(false);
  expect(budget.take(consent('pat', 'withdrawn'))).toBe(true);
  expect(budget.take(consent('pat', 'withdrawn'))).toBe(false);
});

test('one person writes no more than a part of the chat', () => {
  const budget = new FactBudget();
  const message = (connectionId: string): FactBody => ({ type: 'chat', connectionId, text });
  const share = exhaust(budget, () => [message('mallory')]) * text.length;
  expect(share).toBeLessThan(FACT_LIMITS.chat.common / 4);
  expect(budget.take(message('pat'))).toBe(true);
});

test('a “no” over several connections has room for all of them, or is not noted at all', () => {
  const tiny = { people: 3, own: 2, common: 0, each: 0 };
  const budget = new FactBudget({ ...FACT_LIMITS, consent: tiny });
  const wish = (...others: string[]) => budget.take({ ...consent('pat', 'withdrawn'), others });
  for (const who of ['pat', 'pat-1']) expect(budget.take(consent(who, 'accepted'))).toBe(true);
  expect(wish('pat-1')).toBe(true);
  expect(budget.take(consent('pat', 'accepted'))).toBe(false);
  expect(wish('pat-2')).toBe(false);
});
