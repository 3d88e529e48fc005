import { expect, test } from 'vitest';
import { z } from 'zod';
import { Fault } from './errors.ts';
import { openReply, parseMessage } from './reply.ts';

const schema = z.object({ id: z.string(), size: z.number() });

test('a result is opened, without what was not asked for', () => {
  expect(openReply(schema, { ok: true, id: 'a', size: 1, more: 2 })).toEqual({ id: 'a', size: 1 });
});

test('a failure comes as the fault that the sender named, with the time to wait', () => {
  const error = { code: 'rate-limited', message: 'Slowly.', retryAfterMs: 500 } as const;
  expect(() => openReply(schema, { ok: false, error })).toThrow(
    expect.objectContaining({ name: 'Fault', ...error }),
  );
});

test.each([
  undefined,
  null,
  'ok',
  { id: 'a', size: 1 },
  { ok: false, error: { code: 'no-such-code', message: '' } },
])('no reply at all is a bad request: %j', (reply) => {
  expect(() => openReply(schema, reply)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});

test('a message that is refused names each wrong field, five at most', () => {
  const many = z.object(Object.fromEntries([...'abcdefg'].map((name) => [name, z.number()])));
  const refusal = (schema: z.ZodType, data: unknown): string => {
    try {
      parseMessage(schema, data);
    } catch (cause) {
      return Fault.from(cause).message;
    }
    return 'accepted';
  };
  expect(refusal(schema, { id: 7, size: 1 })).toMatch(/^id: /);
  expect(refusal(schema, 'text')).toMatch(/^message: /);
  expect(
    refusal(many, {})
      .split('; ')
      .map((fault) => fault[0]),
  ).toEqual([...'abcde']);
});
