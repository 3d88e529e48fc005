import { expect, test } from 'vitest';
import { requestLimits } from '#protocol/http/route.ts';
import { readConfig } from '#service/config.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { configFields } from '../config.ts';
import { ADMIN_PASSWORD, openTestArchive, signIn, type TestArchive } from '../testing/open-test-archive.ts';
import type { TrustProxy } from './client-address.ts';

const NGINX = '10.0.0.1';

/** The address of the last entry in the audit log: a sign-in from this peer, with these headers. */
async function audited(archive: TestArchive, peer: string, headers: Record<string, string>) {
  const payload = { password: ADMIN_PASSWORD };
  const request = { method: 'POST', url: '/api/session', payload, remoteAddress: peer, headers } as const;
  const answer = await archive.server.inject(request);
  const [cookie] = answer.cookies;
  const audit = await archive.server.inject({
    url: '/api/audit',
    headers: { cookie: await signIn(archive) },
  });
  return { address: audit.json().entries[1].address, secure: cookie?.secure === true };
}

test.each<[string, TrustProxy | undefined, string, string, string]>([
  ['nobody is trusted unless told', undefined, NGINX, '203.0.113.9', NGINX],
  ['a proxy’s word', [NGINX], NGINX, '203.0.113.9', '203.0.113.9'],
  ['what the client wrote itself before it', [NGINX], NGINX, '127.0.0.1, 203.0.113.9', '203.0.113.9'],
  ['another peer’s word', [NGINX], '198.51.100.7', '203.0.113.9', '198.51.100.7'],
  ['two proxies', ['10.0.0.0/8'], NGINX, '6.6.6.6, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
  ['two hops', 2, NGINX, '6.6.6.6, 203.0.113.9, 10.9.9.9', '203.0.113.9'],
  ['one hop of two', 1, NGINX, '6.6.6.6, 203.0.113.9', '203.0.113.9'],
  ['no hop', 0, NGINX, '203.0.113.9', NGINX],
  ['a proxy over mapped IPv4', [NGINX], `::ffff:${NGINX}`, '::ffff:203.0.113.9', '203.0.113.9'],
  ['an IPv6 client', ['10.0.0.0/8'], NGINX, '2001:DB8::0001', '2001:db8::1'],
  ['nonsense from a proxy', [NGINX], NGINX, '<script>', NGINX],
  ['nothing from a proxy', [NGINX], NGINX, '', NGINX],
])('the client’s address: %s', async (_what, trustProxy, peer, forwarded, expected) => {
  const archive = await openTestArchive({ trustProxy });
  const headers = { 'x-forwarded-for': forwarded, 'x-forwarded-proto': 'https' };
  const { address, secure } = await audited(archive, peer, headers);
  expect(address).toBe(expected);
  const isTrusted = trustProxy !== undefined && trustProxy !== 0 && peer.endsWith(NGINX);
  expect(secure, 'a trusted proxy says that the browser speaks HTTPS').toBe(isTrusted);
});

test('limits count the client behind a trusted proxy, a /64 as one, and no header gets around them', async () => {
  const archive = await openTestArchive({ clock: new ManualClock(), trustProxy: [NGINX] });
  const make = async (remoteAddress: string, forwarded: string) => {
    const headers = { 'x-forwarded-for': forwarded };
    const request = { method: 'POST', url: '/api/meetings', payload: { name: 'x' } } as const;
    return (await archive.server.inject({ ...request, headers, remoteAddress })).statusCode;
  };
  for (let count = 0; count < requestLimits.createMeeting.count; count += 1) {
    expect(await make(NGINX, `6.6.6.${count}, 2001:db8::${count}`)).toBe(201);
  }
  expect(await make(NGINX, '127.0.0.1, 2001:db8::ffff:1')).toBe(429);
  expect(await make('2001:db8::77', '203.0.113.9')).toBe(429);
  expect(await make(NGINX, '2001:db8:0:1::1')).toBe(201);
});

test('a proxy that nobody told of is warned of, once', async () => {
  const warnings: unknown[] = [];
  const log = { ...silentLog, warn: (event: string, fields?: object) => void warnings.push([event, fields]) };
  const archive = await openTestArchive({ log });
  for (let count = 0; count < 3; count += 1) {
    await archive.server.inject({ url: '/healthz', headers: { 'x-forwarded-for': '203.0.113.9' } });
  }
  expect(warnings).toEqual([['forwarded-header-ignored', { peer: '127.0.0.1', remedy: 'TRUST_PROXY' }]]);
});

test('TRUST_PROXY takes addresses, networks and a number, and nothing else', () => {
  const read = (text: string) => readConfig({ TRUST_PROXY: configFields.TRUST_PROXY }, { TRUST_PROXY: text });
  expect(read('').TRUST_PROXY).toBeUndefined();
  expect(read('1').TRUST_PROXY).toBe(1);
  expect(read('loopback, 10.0.0.0/8,2001:db8::/32').TRUST_PROXY).toEqual([
    'loopback',
    '10.0.0.0/8',
    '2001:db8::/32',
  ]);
  for (const wrong of ['true', '*', '11', '-1', '10.0.0.0/33', 'localhost', '10.0.0.1,'])
    expect(() => read(wrong), wrong).toThrow(/TRUST_PROXY: must be addresses/);
});
