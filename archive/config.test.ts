import { expect, test } from 'vitest';
import { Fault } from '#protocol/errors.ts';
import { readConfig } from '#service/config.ts';
import { configFields } from './config.ts';

const secrets = {
  SECRET: 'secret of the tests',
  JOIN_SECRET: 'secret of the tests',
  RECORDER_TOKEN: 'secret of the tests',
};

test.each([
  ['ADMIN_PASSWORD', 'seven77', 'must have at least 8 characters'],
  ['CREATE_KEY', 'eleven char', 'must have at least 12 characters'],
  ['WHO_MAY_CREATE', 'everybody', 'Invalid option'],
  ['WHO_MAY_RECORD', 'host', 'Invalid option'],
  ['TIME_ZONE', 'Europe/Bonn', 'must be the name of a time zone'],
])('%s=%s stops the start, in words', (key, value, words) => {
  const read = () => readConfig(configFields, { ...secrets, [key]: value });
  expect(read).toThrow(Fault);
  expect(read).toThrow(words);
  expect(read).toThrow(key);
});
