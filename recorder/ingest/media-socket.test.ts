import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { MediaSocket } from './media-socket.ts';
import { PortRange } from './port-range.ts';

async function peer() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('takes datagrams from the announced transport only', async () => {
  const [sfu, stranger] = await Promise.all([peer(), peer()]);
  const seen: string[] = [];
  const socket = await MediaSocket.bind('127.0.0.1', new PortRange(20000, 29999), (d) =>
    seen.push(d.toString()),
  );
  socket.connect({ address: '127.0.0.1', port: sfu.address().port });
  stranger.send('forged', socket.endpoint.port, '127.0.0.1');
  await vi.waitUntil(() => socket.strangers === 1);
  sfu.send('media', socket.endpoint.port, '127.0.0.1');
  await vi.waitUntil(() => seen.length === 1);
  expect(seen).toEqual(['media']);
  for (const open of [sfu, stranger, socket]) open.close();
});

test('what cannot be sent is lost, as anything on its way may be', async () => {
  const socket = await MediaSocket.bind('127.0.0.1', new PortRange(20000, 29999), () => {});
  socket.connect({ address: '127.0.0.1', port: 9 });
  // More than a datagram holds.
  socket.send(Buffer.alloc(70_000));
  await vi.waitUntil(() => socket.unsent === 1);
  socket.close();
});

test('takes the next port when one is busy, and says so when none is left', async () => {
  const busy = await peer();
  const { port } = busy.address();
  const attempt = MediaSocket.bind('127.0.0.1', new PortRange(port, port), () => {});
  await expect(attempt).rejects.toMatchObject({ code: 'ports-exhausted' });
  busy.close();
});

/** Of this process, which runs these tests one after the other. */
const openDescriptors = (): number => readdirSync('/proc/self/fd').length;

test('a port that is busy costs no descriptor', async () => {
  const busy = await peer();
  const { port } = busy.address();
  const before = openDescriptors();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await MediaSocket.bind('127.0.0.1', new PortRange(port, port), () => {}).catch(() => undefined);
  }
  await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before));
  busy.close();
});

test('a range is walked round, the last port used comes last', () => {
  const range = new PortRange(10, 12);
  const [first] = range.candidates();
  expect(first).toBe(10);
  expect([...range.candidates()]).toEqual([11, 12, 10]);
});
