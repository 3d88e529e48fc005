import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLoopback, networkOf, plainAddress, siteOf } from './network-address.ts';

test.each([
  ['203.0.113.9', '203.0.113.9', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9', '203.0.113.9'],
  ['::FFFF:cb00:7109', '203.0.113.9', '203.0.113.9'],
  ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9', '203.0.113.9'],
  ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::6', '2001:db8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::6', '2001:db8::6', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0:1::', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80::1', 'fe80:0:0:0::/64'],
  ['::1', '::1', '0:0:0:0::/64'],
  ['', '', ''],
  ['no address', 'no address', 'no address'],
])('%s is %s, counted as %s', (address, plain, network) => {
  expect([plainAddress(address), networkOf(address)]).toEqual([plain, network]);
});

test('a site is a /48, or an IPv4 address', () => {
  expect(siteOf('2001:db8:1:2::6')).toBe('2001:db8:1::/48');
  expect(siteOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
});

test('loopback is what only this machine can have', () => {
  const all = ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::2', '128.0.0.1', '127.x', ''];
  expect(all.filter(isLoopback)).toEqual(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']);
});

test('addresses of one /64 are one, others are not', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.integer({ min: 0, max: 0xffff }), (address, last) => {
      const groups = networkOf(address);
      fc.pre(groups.endsWith('::/64'));
      const prefix = groups.slice(0, -'::/64'.length);
      expect(networkOf(`${prefix}:1:2:3:${last.toString(16)}`)).toBe(groups);
      const first = Number.parseInt(prefix.split(':')[0] ?? '', 16);
      const other = ((first + 1) & 0xffff).toString(16);
      expect(networkOf(`${other}:${prefix.split(':').slice(1).join(':')}:1:2:3:4`)).not.toBe(groups);
    }),
    { seed: 1 },
  );
});
