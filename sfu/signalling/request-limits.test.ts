import { expect, test } from 'vitest';
import { type RequestName, requests } from '#protocol/signalling.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import {
  kindOfRequest,
  NETWORK_LIMITS,
  type PersonLimits,
  REQUEST_LIMITS,
  RequestLimits,
} from './request-limits.ts';

const names = Object.keys(requests) as RequestName[];
const withdrawn = { answer: 'withdrawn' };

/** Asks until it is refused; answers how often it passed. */
function exhaust(limits: PersonLimits, request: RequestName | undefined, data: unknown = {}): number {
  for (let passed = 0; passed < 10_000; passed += 1) if (limits.waitMs(request, data) > 0) return passed;
  throw new Error(`${request} has no limit`);
}

test('every request has a limit, and none uses up what withdrawing, declining and switching off need', () => {
  const limits = new RequestLimits(new ManualClock()).of('m', 'pat');
  for (const name of [undefined, ...names]) {
    const isOff = name === 'answerConsent' || name === 'setProducerPaused';
    exhaust(limits, name, isOff ? { answer: 'accepted', paused: false } : {});
  }
  expect(limits.waitMs('answerConsent', { answer: 'accepted' })).toBeGreaterThan(0);
  expect(limits.waitMs('answerConsent', withdrawn)).toBe(0);
  expect(limits.waitMs('answerConsent', { answer: 'declined' })).toBe(0);
  expect(limits.waitMs('setProducerPaused', { paused: true })).toBe(0);
});

test.each([
  ['raiseHand', 'hands'],
  ['sendChat', 'chat'],
] as const)('%s: after a burst as many pass as time brings, and the answer says when', (request, kind) => {
  const clock = new ManualClock();
  const everybody = new RequestLimits(clock);
  const limits = everybody.of('m', 'pat');
  expect(exhaust(limits, request)).toBe(REQUEST_LIMITS[kind].burst);
  expect(everybody.of('m', 'quinn').waitMs(request, {})).toBe(0);
  const waitMs = limits.waitMs(request, {});
  clock.advance(waitMs - 1);
  expect(limits.waitMs(request, {})).toBeGreaterThan(0);
  clock.advance(1);
  expect(limits.waitMs(request, {})).toBe(0);
});

test('whatever comes is of some kind', () => {
  for (const data of [undefined, null, 7, 'x', [], { answer: { toString: 1 } }]) {
    expect(kindOfRequest('answerConsent', data)).toBe('agreement');
    expect(kindOfRequest(undefined, data)).toBe('unknown');
  }
});

test('limits are a person’s own, in one meeting, and who has not asked for longest is forgotten first', () => {
  const limits = new RequestLimits(new ManualClock(), 2);
  exhaust(limits.of('m', 'pat'), 'join');
  expect(limits.of('m', 'pat').waitMs('join', {})).toBeGreaterThan(0);
  expect(limits.of('other', 'pat').waitMs('join', {})).toBe(0);
  expect(limits.of('m', 'pat').waitMs('join', {})).toBeGreaterThan(0);
  limits.of('m', 'quinn').waitMs('join', {});
  limits.of('m', 'robin').waitMs('join', {});
  expect(limits.of('m', 'pat').waitMs('join', {})).toBe(0);
});

test('everybody of one network comes in as often as it may, under whatever names; whoever is elsewhere is not kept out', () => {
  const limits = new RequestLimits(new ManualClock());
  const burst = NETWORK_LIMITS.entrance?.burst ?? 0;
  let passed = 0;
  for (let name = 0; name < 100; name += 1) passed += exhaust(limits.of('m', `m-${name}`, 'here'), 'join');
  expect(passed).toBe(burst);
  const neighbour = limits.of('m', 'neighbour', 'here');
  expect(neighbour.waitMs('join', {})).toBeGreaterThan(0);
  expect(neighbour.waitMs('answerConsent', withdrawn)).toBe(0);
  expect(neighbour.waitMs('leave', {})).toBe(0);
  expect(limits.of('m', 'pat', 'elsewhere').waitMs('join', {})).toBe(0);
  expect(limits.of('another meeting', 'pat', 'here').waitMs('join', {})).toBe(0);
});

test('a company of 150 behind one address comes in, reloads, and is back after its network was gone', () => {
  const limits = new RequestLimits(new ManualClock());
  for (let visit = 0; visit < 3; visit += 1)
    for (let person = 0; person < 150; person += 1) {
      const one = limits.of('m', `${person}-${visit}`, 'a company');
      for (const request of ['hello', 'join', 'produce', 'produce'] as const)
        expect(one.waitMs(request, {})).toBe(0);
    }
});
