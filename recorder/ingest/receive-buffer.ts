import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { platform } from 'node:os';

/** A few seconds of a busy sender, for the moments in which the packet loop is held up. */
export const RECEIVE_BUFFER_BYTES = 1024 * 1024;
/** Linux counts its own bookkeeping, and answers twice what was granted (socket(7), SO_RCVBUF). */
const COUNTED_TWICE = platform() === 'linux' ? 2 : 1;

/** How much of RECEIVE_BUFFER_BYTES the system grants a socket on this address, bytes. */
export async function grantedReceiveBuffer(host: string): Promise<number> {
  const socket = createSocket({
    type: host.includes(':') ? 'udp6' : 'udp4',
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  const bytes = socket.getRecvBufferSize() / COUNTED_TWICE;
  socket.close();
  return bytes;
}
