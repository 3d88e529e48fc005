import { expect, test } from 'vitest';
import { openToAnyone, policyOf, sharedKey } from './who-may.ts';

test('a key is needed where a key is asked for, and has a length', () => {
  expect(policyOf('CREATE', 'anyone')).toEqual({ who: 'anyone' });
  expect(policyOf('CREATE', 'admin', 'unused')).toEqual({ who: 'admin' });
  expect(policyOf('RECORD', 'key', 'a long enough key')).toEqual({ who: 'key', key: 'a long enough key' });
  expect(() => policyOf('RECORD', 'key')).toThrow('WHO_MAY_RECORD=key needs a RECORD_KEY');
  expect(sharedKey.safeParse('eleven char').success).toBe(false);
  expect(sharedKey.safeParse('twelve chars').success).toBe(true);
});

test.each([
  ['127.0.0.1', undefined, 0],
  ['::1', undefined, 0],
  ['localhost', undefined, 0],
  ['127.0.0.1', 'https://meet.example', 2],
  ['0.0.0.0', undefined, 2],
  ['192.0.2.1', undefined, 2],
])('on %s (%s) %i things are open to anyone', (HOST, PUBLIC_URL, count) => {
  const open = { HOST, PUBLIC_URL, WHO_MAY_CREATE: 'anyone', WHO_MAY_RECORD: 'anyone' } as const;
  expect(openToAnyone(open)).toHaveLength(count);
  expect(openToAnyone({ ...open, WHO_MAY_CREATE: 'key', WHO_MAY_RECORD: 'admin' })).toEqual([]);
});
