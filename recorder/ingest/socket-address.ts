import { isIPv6 } from 'node:net';
import type { Endpoint } from '#protocol/recorder.ts';
import type { Libc } from './libc.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;

/** `sockaddr_in` (ip(7)) or `sockaddr_in6` (ipv6(7)). @param address IPv4 or IPv6, not a name */
export function socketAddress(libc: Libc, { address, port }: Endpoint): Uint8Array {
  const isV6 = isIPv6(address);
  const bytes = Buffer.alloc(isV6 ? 28 : 16);
  const family = isV6 ? AF_INET6 : AF_INET;
  bytes.writeUInt16LE(family, 0);
  bytes.writeUInt16BE(port, 2);
  if (libc.inet_pton(family, address, bytes.subarray(isV6 ? 8 : 4)) !== 1) {
    throw new RangeError(`${address} is no address`);
  }
  return bytes;
}
