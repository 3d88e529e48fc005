import { expect, test } from 'vitest';
import { addressOf, vouchFor } from './front-door.ts';

const TOKEN = 'recorder-token-of-the-tests';
const vouched = vouchFor('203.0.113.9', TOKEN);

test('what the archive vouches for counts, a client’s word does not', () => {
  const ask = (headers: Record<string, string>) => addressOf(headers, '::ffff:198.51.100.1', TOKEN);
  expect(ask(vouched)).toBe('203.0.113.9');
  expect(ask({})).toBe('198.51.100.1');
  expect(ask({ 'x-forwarded-for': '203.0.113.9' })).toBe('198.51.100.1');
  expect(ask({ ...vouched, 'x-forwarded-for': '203.0.113.8' })).toBe('198.51.100.1');
  expect(ask({ ...vouched, 'x-verbatim-proof': '' })).toBe('198.51.100.1');
  expect(ask(vouchFor('203.0.113.9', `${TOKEN}x`))).toBe('198.51.100.1');
});
