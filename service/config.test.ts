import { expect, test } from 'vitest';
import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';
import { integer, port, readConfig } from './config.ts';

const fields = { A_PORT: port.default(3000), COUNT: integer(1, 9).optional(), NAME: z.string() };

test('defaults stand for absent and empty values', () => {
  expect(readConfig(fields, { NAME: 'x', A_PORT: '', COUNT: '3' })).toEqual({
    NAME: 'x',
    A_PORT: 3000,
    COUNT: 3,
  });
});

test('every fault is reported at once', () => {
  const attempt = () => readConfig(fields, { A_PORT: '70000', COUNT: 'many' });
  expect(attempt).toThrow(Fault);
  expect(attempt).toThrow(/A_PORT: must be at most 65535\n.*COUNT: must be a whole number\n.*NAME:/);
});
