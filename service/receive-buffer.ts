import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { platform } from 'node:os';
import type { Log } from './log.ts';

/** What UDP sockets ask of the system, bytes: media for the moments in which nobody reads them. */
export const RECEIVE_BUFFER_BYTES = {
  /** Of a media worker's port, which takes what all of its browsers send: 50 Mbit/s for a third of a second. */
  mediaPort: 4 * 1024 * 1024,
  /** Of one recorded person: a few seconds of a busy sender. */
  recordedPerson: 1024 * 1024,
} as const;
/** Suffices for all of them, so that each process that complains asks for the same. */
const REMEDY = `sysctl -w net.core.rmem_max=${Math.max(...Object.values(RECEIVE_BUFFER_BYTES))}`;
/** Linux counts its own bookkeeping, and answers twice what was granted (socket(7), SO_RCVBUF). */
const COUNTED_TWICE = platform() === 'linux' ? 2 : 1;

/**
 * How much of a receive buffer the system grants a UDP socket on this address, bytes. The log says so, with what to do
 * about it, when it is less than is wanted.
 */
export async function grantedReceiveBuffer(host: string, wanted: number, log: Log): Promise<number> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: wanted });
  socket.bind(0, host);
  await once(socket, 'listening');
  const bytes = socket.getRecvBufferSize() / COUNTED_TWICE;
  socket.close();
  if (bytes < wanted) log.warn('receive-buffer-small', { bytes, wanted, remedy: REMEDY });
  return bytes;
}
