import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';

/** Receives what a recorder receives, and does nothing with it: what node:dgram alone costs. Told how many sockets. */
process.once('message', async (sockets: number) => {
  const ports = await Promise.all(
    Array.from({ length: sockets }, async () => {
      const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES.recordedPerson });
      socket.on('message', () => undefined);
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return socket.address().port;
    }),
  );
  process.send?.(ports);
});
process.once('disconnect', () => process.exit());
