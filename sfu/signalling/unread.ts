import type { Server } from 'socket.io';

/**
 * What may wait for one socket's reader. A snapshot of a large meeting with all of its chat is 1.3 MB; who is further behind
 * does not read.
 */
export const MAX_WAITING_BYTES = 2 * 1024 * 1024;

type Connection = Parameters<Parameters<Server['engine']['on']>[1]>[0] & {
  on(event: 'packetCreate', listener: (packet: { data?: string | Buffer }) => void): void;
  on(event: 'drain', listener: () => void): void;
  close(discard: boolean): void;
  readonly transport: { readonly socket?: { readonly bufferedAmount: number; terminate(): void } };
};

/**
 * Closes every socket whose other end does not read, before what waits for it fills our memory.
 * @param onUnread told of each
 */
export function closeUnread(server: Server, onUnread: () => void, maxBytes = MAX_WAITING_BYTES): void {
  server.engine.on('connection', (connection: Connection) => {
    let waitingBytes = 0;
    let isClosed = false;
    connection.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
      waitingBytes += data === undefined ? 0 : Buffer.byteLength(data);
      // A WebSocket holds what was handed on to it; where polls are answered, the last answer was bounded as this one is.
      const { socket } = connection.transport;
      if (isClosed || waitingBytes + (socket?.bufferedAmount ?? 0) <= maxBytes) return;
      isClosed = true;
      onUnread();
      // A farewell would wait like everything else.
      if (socket) socket.terminate();
      else connection.close(true);
    });
    // All that waited is with the transport now.
    connection.on('drain', () => {
      waitingBytes = 0;
    });
  });
}
