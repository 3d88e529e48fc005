import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../testing/until.ts';
import { openSocketServer } from './socket-server.ts';
import { closeUnread, MAX_WAITING_BYTES } from './unread.ts';

const MESSAGE = 'x'.repeat(64 * 1024);

/** A server, and one client of it. */
async function open(transport: 'websocket' | 'polling') {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = openSocketServer(http, { maxPerNetwork: 100, addressOf: () => '127.0.0.1' });
  let unread = 0;
  closeUnread(server, () => {
    unread += 1;
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const client: Socket = io(url, { transports: [transport], forceNew: true, reconnection: false });
  onTestFinished(async () => {
    client.close();
    await server.close();
  });
  const [[socket]] = await Promise.all([once(server, 'connection'), once(client as never, 'connect')]);
  return { client, socket, unread: () => unread };
}

test('a client that does not read is closed before what waits for it fills memory', async () => {
  const { client, socket, unread } = await open('websocket');
  const { transport } = client.io.engine as unknown as { transport: { ws: { _socket: TcpSocket } } };
  transport.ws._socket.pause();
  let gone = '';
  socket.on('disconnect', (reason: string) => {
    gone = reason;
  });
  let mostBytes = 0;
  await until('it is closed', () => {
    socket.emit('noise', MESSAGE);
    const { transport: serving, writeBuffer } = socket.conn;
    const queued = writeBuffer.reduce(
      (sum: number, { data }: { data?: string }) => sum + (data?.length ?? 0),
      0,
    );
    if (!gone) mostBytes = Math.max(mostBytes, queued + (serving.socket?.bufferedAmount ?? 0));
    return gone !== '';
  });
  expect(unread()).toBe(1);
  expect(mostBytes).toBeGreaterThan(MAX_WAITING_BYTES / 2);
  expect(mostBytes).toBeLessThanOrEqual(MAX_WAITING_BYTES + 2 * MESSAGE.length);
});

test('a client that does not ask for what waits is closed, too', async () => {
  const { client, socket, unread } = await open('polling');
  const { transport } = client.io.engine as unknown as { transport: { pause(done: () => void): void } };
  transport.pause(() => undefined);
  let isGone = false;
  socket.on('disconnect', () => {
    isGone = true;
  });
  await until('it is closed', () => {
    socket.emit('noise', MESSAGE);
    return isGone;
  });
  expect(unread()).toBe(1);
});

test('whoever reads gets any amount', async () => {
  const { client, socket, unread } = await open('websocket');
  let received = 0;
  client.on('noise', () => {
    received += 1;
  });
  const messages = (4 * MAX_WAITING_BYTES) / MESSAGE.length;
  for (let sent = 0; sent < messages; sent += 8) {
    for (let count = 0; count < 8; count += 1) socket.emit('noise', MESSAGE);
    await until('it is read', () => received === sent + 8);
  }
  expect([received, unread(), client.connected]).toEqual([messages, 0, true]);
});
