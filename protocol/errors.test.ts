import { expect, test } from 'vitest';
import { errorBodySchema, Fault } from './errors.ts';
import { accepts, refuses } from './testing/bounds.ts';

test('a fault survives the way to the other side, however long its words are', () => {
  const body = new Fault('rate-limited', 'x'.repeat(5000), { retryAfterMs: 0 }).toBody();
  expect(errorBodySchema.parse(body)).toEqual({
    code: 'rate-limited',
    message: 'x'.repeat(1000),
    retryAfterMs: 0,
  });
});

test('what was not foreseen is never shown in its own words', () => {
  const fault = Fault.from(new Error('password=hunter2'));
  expect([fault.code, fault.status]).toEqual(['internal', 500]);
  expect(fault.message).not.toContain('hunter2');
  const foreseen = new Fault('forbidden');
  expect(Fault.from(foreseen)).toBe(foreseen);
});

test('a body has a code that is known', () => {
  accepts(errorBodySchema, { code: 'internal', message: '' });
  refuses(
    errorBodySchema,
    { code: 'no-such-code', message: '' },
    { code: 'internal' },
    { code: 'internal', message: 'x'.repeat(1001) },
    { code: 'internal', message: '', retryAfterMs: -1 },
  );
});
