import { isIP } from 'node:net';

const MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;
/** A home or an office is given at least this much of IPv6, and may change addresses within it at will (RFC 6177). */
const GROUPS_OF_A_NETWORK = 4;
const GROUPS_OF_A_SITE = 3;
const GROUPS = 8;
const BITS_OF_A_GROUP = 16;

/** An address as people write it: IPv4 out of its IPv6 mapping, IPv6 in its shortest form without a zone. */
export function plainAddress(address: string): string {
  const withoutZone = address.replace(/%.*$/s, '');
  if (isIP(withoutZone) !== 6) return withoutZone;
  const shortest = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(shortest) ?? [];
  if (high === undefined || low === undefined) return shortest;
  const bits = Number.parseInt(high, 16) * 0x1_0000 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

/** What is counted as one: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  return prefixOf(address, GROUPS_OF_A_NETWORK);
}

/**
 * The network that somebody's part of something is counted by. This machine itself has no limit: it is where tests run, and
 * what everybody looks like behind a proxy that nobody told of.
 */
export function limitedNetworkOf(address: string): string | undefined {
  return isLoopback(address) ? undefined : networkOf(address);
}

/** The largest that somebody gets without being a provider: an IPv4 address, or the /48 of an IPv6 address. */
export function siteOf(address: string): string {
  return prefixOf(address, GROUPS_OF_A_SITE);
}

function prefixOf(address: string, count: number): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  const [head = [], tail = []] = plain.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: GROUPS - head.length - tail.length }, () => '0');
  const groups = plain.includes('::') ? [...head, ...zeros, ...tail] : head;
  return `${groups.slice(0, count).join(':')}::/${count * BITS_OF_A_GROUP}`;
}

/** Whether it can only be of a program on this machine. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
