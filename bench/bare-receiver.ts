import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Receives what a recorder receives, and does nothing with it: what node:dgram alone costs. Told how many sockets. */
process.once('message', async (sockets: number) => {
  const ports = await Promise.all(
    Array.from({ length: sockets }, async () => {
      const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 });
      socket.on('message', () => undefined);
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return socket.address().port;
    }),
  );
  process.send?.(ports);
});
process.once('disconnect', () => process.exit());
