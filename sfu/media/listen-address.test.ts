import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { announcedFor } from './listen-address.ts';

const address = (ip: string, changes: Partial<NetworkInterfaceInfo> = {}) =>
  ({ address: ip, family: 'IPv4', internal: false, ...changes }) as NetworkInterfaceInfo;

const interfaces = {
  lo: [address('127.0.0.1', { internal: true })],
  eth0: [
    address('fe80::1', { family: 'IPv6' } as Partial<NetworkInterfaceInfo>),
    address('169.254.3.4'),
    address('192.0.2.7'),
  ],
  eth1: [address('192.0.2.8')],
};

test.each([
  ['127.0.0.1', undefined, interfaces, undefined],
  ['127.0.0.1', 'meet.example', interfaces, 'meet.example'],
  ['0.0.0.0', 'meet.example', interfaces, 'meet.example'],
  ['0.0.0.0', undefined, interfaces, '192.0.2.7'],
  ['::', undefined, interfaces, '192.0.2.7'],
  ['0.0.0.0', undefined, { lo: interfaces.lo }, '127.0.0.1'],
])('listening on %s, announced as %s', (host, announced, known, expected) => {
  expect(announcedFor(host, announced, known)).toBe(expected);
});
