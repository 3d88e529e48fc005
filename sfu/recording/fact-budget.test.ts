import { expect, test } from 'vitest';
import type { Consent } from '#protocol/people.ts';
import type { FactBody } from '#protocol/recorder.ts';
import { FACT_LIMITS, FactBudget } from './fact-budget.ts';
import { PLACES } from './recorded-places.ts';

const consent = (connectionId: string, answer: Consent): Extract<FactBody, { type: 'consent' }> => ({
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
    for (const fact of facts()) count += budget.take(fact) === 'kept' ? 1 : 0;
    if (count === before) return count;
  }
}

test('whoever comes and goes, mutes, writes and speaks in a loop uses up nothing of the consent ledger', () => {
  const budget = new FactBudget();
  for (const who of ['mallory', 'trent', 'eve']) exhaust(budget, () => noise(who));
  expect(budget.take({ type: 'speakers', connectionIds: ['mallory'] })).toBe('full');
  for (let count = 0; count < PLACES.agreed - 3; count += 1) {
    const answers = ['pending', 'accepted', 'withdrawn', 'accepted', 'declined'] as const;
    for (const answer of answers) expect(budget.take(consent(`p-${count}`, answer))).toBe('kept');
  }
});

test('whoever changes their mind in a loop leaves everybody their own answers, and their own end', () => {
  const budget = new FactBudget();
  const loop = (who: string) => exhaust(budget, () => [consent(who, 'accepted'), consent(who, 'withdrawn')]);
  const first = loop('mallory');
  expect(first).toBeLessThanOrEqual(FACT_LIMITS.consent.own + FACT_LIMITS.consent.each);
  for (let count = 1; count < 100; count += 1) loop(`mallory-${count}`);
  expect(budget.take(consent('mallory', 'accepted'))).toBe('full');
  expect(budget.take(consent('pat', 'accepted'))).toBe('kept');
  expect(budget.take(consent('pat', 'withdrawn'))).toBe('kept');
});

test('an agreement is taken only with the place of its end', () => {
  const tiny = { people: 1, own: 3, common: 0, each: 0 };
  const budget = new FactBudget({ limits: { ...FACT_LIMITS, consent: tiny } });
  expect(budget.take(consent('pat', 'pending'))).toBe('kept');
  expect(budget.take(consent('pat', 'accepted'))).toBe('kept');
  expect(budget.take(consent('pat', 'accepted'))).toBe('full');
  expect(budget.take(consent('pat', 'withdrawn'))).toBe('kept');
  expect(budget.take(consent('pat', 'withdrawn'))).toBe('full');
});

test('one person writes no more than a part of the chat', () => {
  const budget = new FactBudget();
  const message = (connectionId: string): FactBody => ({ type: 'chat', connectionId, text });
  const share = exhaust(budget, () => [message('mallory')]) * text.length;
  expect(share).toBeLessThan(FACT_LIMITS.chat.common / 4);
  expect(budget.take(message('pat'))).toBe('kept');
});

test('a “no” over several connections has room for all of them, or is not noted at all', () => {
  const tiny = { people: 3, own: 2, common: 0, each: 0 };
  const budget = new FactBudget({ limits: { ...FACT_LIMITS, consent: tiny } });
  const wish = (...others: string[]) => budget.take({ ...consent('pat', 'withdrawn'), others });
  for (const who of ['pat', 'pat-1']) expect(budget.take(consent(who, 'accepted'))).toBe('kept');
  expect(wish('pat-1')).toBe('kept');
  expect(budget.take(consent('pat', 'accepted'))).toBe('full');
  expect(budget.take(consent('pat-2', 'declined'))).toBe('kept');
  expect(budget.take(consent('pat-2', 'declined'))).toBe('kept');
  expect(wish('pat-2')).toBe('full');
});

/** One of them after the other comes, under a new connection id each time, does all of this and goes. */
function* visits(
  people: number,
  times: number,
  answers: Consent[],
  key = (person: number) => `key-${person}`,
) {
  for (let time = 0; time < times; time += 1)
    for (let person = 0; person < people; person += 1) {
      const connectionId = `${answers}-${person}-${time}`;
      const facts: FactBody[] = [
        { type: 'joined', connectionId, name: 'N', role: 'participant', marks: [key(person)] },
        ...answers.map((answer) => consent(connectionId, answer)),
        { type: 'left', connectionId },
      ];
      yield facts;
    }
}

const loops: { answers: Consent[] }[] = [
  { answers: ['pending'] },
  { answers: ['declined'] },
  { answers: ['pending', 'accepted'] },
  { answers: ['accepted', 'withdrawn'] },
];

test.each(loops)(
  'one address under ever new ids, keys and $answers keeps nobody from being noted who comes from elsewhere',
  ({ answers }) => {
    const networks = new Map<string, string>();
    const budget = new FactBudget({
      networkOf: (connectionId) => networks.get(connectionId) ?? 'an attacker',
    });
    for (const facts of visits(4000, 1, answers)) for (const fact of facts) budget.take(fact);
    for (const facts of visits(100, 1, ['pending', 'accepted', 'withdrawn', 'accepted'])) {
      const [{ connectionId }] = facts as [Extract<FactBody, { type: 'joined' }>];
      networks.set(connectionId, 'an office');
      const taken = facts.map((fact) => [budget.take(fact), fact.type === 'consent' && fact.consent]);
      expect(
        taken.filter(([verdict, answer]) => verdict !== 'kept' && answer !== 'pending' && answer !== false),
      ).toEqual([]);
    }
  },
);

test('a company behind one address that comes, reloads and comes again is noted, with whoever comes in a loop beside it', () => {
  const budget = new FactBudget({ networkOf: () => 'a company' });
  // As in a loop: one browser, and a new connection id each time.
  for (const facts of visits(1000, 1, ['accepted'], () => 'mallory'))
    for (const fact of facts) budget.take(fact);
  for (const facts of visits(1000, 1, ['pending'])) for (const fact of facts) budget.take(fact);
  let visitsNoted = 0;
  for (const facts of visits(150, 4, ['pending', 'accepted'])) {
    const answer = facts[2] as FactBody;
    for (const fact of facts) if (fact !== answer) budget.take(fact);
    visitsNoted += budget.take(answer) === 'kept' ? 1 : 0;
  }
  expect(visitsNoted).toBe(600);
});

test('one address writes no more than two thirds of the chat, and everybody a little', () => {
  const budget = new FactBudget({
    networkOf: (connectionId) => (connectionId === 'pat' ? 'elsewhere' : 'here'),
  });
  for (let count = 0; count < 100; count += 1) {
    const connectionId = `mallory-${count}`;
    exhaust(budget, () => [{ type: 'chat', connectionId, text }]);
  }
  expect(budget.take({ type: 'chat', connectionId: 'neighbour', text: 'short' })).toBe('kept');
  for (let count = 0; count < 100; count += 1)
    expect(budget.take({ type: 'chat', connectionId: 'pat', text })).toBe('kept');
});

test('whom a server process before this one had noted keeps their places, and their withdrawal has one', () => {
  const budget = new FactBudget({ places: { agreed: 1, refused: 0, silent: 0 } });
  budget.takeUp('pat', 'accepted');
  expect(budget.take(consent('quinn', 'accepted'))).toBe('full');
  expect(budget.take(consent('pat', 'withdrawn'))).toBe('kept');
});
