import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { Refusals } from './refusals.ts';

test('each refusal is counted, and one line a second tells how many there were', () => {
  const clock = new ManualClock();
  const lines: unknown[] = [];
  const counted: string[] = [];
  const refusals = new Refusals({
    clock,
    log: { warn: (event, fields) => lines.push([event, fields]) },
    event: 'refused',
    count: (code) => counted.push(code),
  });
  expect(refusals.refuse(new Fault('token-invalid'))).toMatchObject({ data: { code: 'token-invalid' } });
  refusals.refuse(new Fault('token-invalid'));
  clock.advance(999);
  refusals.refuse(new Fault('token-invalid'));
  clock.advance(1);
  refusals.refuse(new Fault('token-expired'), '203.0.113.9');
  expect(lines).toEqual([
    ['refused', { count: 1, code: 'token-invalid' }],
    ['refused', { count: 3, code: 'token-expired', address: '203.0.113.9' }],
  ]);
  expect(counted).toHaveLength(4);
});
