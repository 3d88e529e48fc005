import type { NetworkInterfaceInfo } from 'node:os';

const ANY = new Set(['0.0.0.0', '::']);

/**
 * The address that others are told for a socket that listens on `host`: what the operator announces, else the host
 * itself, else (it listens everywhere) the first IPv4 address on a network. Undefined: the host is told as it is.
 */
export function announcedFor(
  host: string,
  announced: string | undefined,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
): string | undefined {
  if (announced !== undefined) return announced;
  if (!ANY.has(host)) return undefined;
  const addresses = Object.values(interfaces).flatMap((list) => list ?? []);
  const lan = addresses.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  );
  return lan?.address ?? '127.0.0.1';
}
