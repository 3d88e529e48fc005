import { lookup } from 'node:dns/promises';
import type { Clock } from '#service/clock.ts';
import { BatchSockets } from './batch-sockets.ts';
import { DgramSockets } from './dgram-sockets.ts';
import { type Libc, openLibc } from './libc.ts';
import type { MediaSockets } from './media-socket.ts';
import type { PortRange } from './port-range.ts';

/** Read in batches where the system and the machine can, else by node:dgram. @param host an address or a name of ours */
export async function openMediaSockets(host: string, ports: PortRange, clock: Clock): Promise<MediaSockets> {
  const [libc, { address }] = await Promise.all([openLibc(), lookup(host)]);
  return socketsOf(libc, { address, ports, clock });
}

export function socketsOf(
  libc: Libc | undefined,
  options: { address: string; ports: PortRange; clock: Clock },
): MediaSockets {
  return libc ? new BatchSockets({ libc, ...options }) : new DgramSockets(options.address, options.ports);
}
