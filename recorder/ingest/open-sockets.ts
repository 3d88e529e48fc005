import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import type { Clock } from '#service/clock.ts';
import { BatchSockets } from './batch-sockets.ts';
import { DgramSockets } from './dgram-sockets.ts';
import { type Libc, openLibc } from './libc.ts';
import type { MediaSockets } from './media-socket.ts';
import type { PortRange } from './port-range.ts';

/**
 * Read in batches where the system and the machine can, else by node:dgram.
 * @param host an address of ours, or a name of an IPv4 address
 */
export async function openMediaSockets(host: string, ports: PortRange, clock: Clock): Promise<MediaSockets> {
  const family = isIPv6(host) ? 6 : 4;
  const [libc, { address }] = await Promise.all([openLibc(), lookup(host, { family })]);
  return socketsOf(libc, { address, ports, clock });
}

export function socketsOf(
  libc: Libc | undefined,
  options: { address: string; ports: PortRange; clock: Clock },
): MediaSockets {
  return libc ? new BatchSockets({ libc, ...options }) : new DgramSockets(options.address, options.ports);
}
