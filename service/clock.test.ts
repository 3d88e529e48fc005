import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('[STALL1] after a stall of our own the sockets are read before what fell due is done', async () => {
  const [receiver, sender] = [createSocket('udp4'), createSocket('udp4')];
  receiver.bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  sender.connect(receiver.address().port, '127.0.0.1');
  await once(sender, 'connect');
  const seen: string[] = [];
  receiver.on('message', (datagram) => seen.push(datagram.toString()));
  const { promise: timersAreDone, resolve } = Promise.withResolvers<void>();
  systemClock.after(20, () => seen.push('late'));
  const stopRepeating = systemClock.every(20, () => {
    seen.push('repeated');
    stopRepeating();
    resolve();
  });
  const cancelled = systemClock.after(20, () => seen.push('cancelled'));
  sender.send('came');
  // It lies in the receiver's socket; now nobody reads for a while.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  cancelled();
  await timersAreDone;
  receiver.close();
  sender.close();
  expect(seen).toEqual(['came', 'late', 'repeated']);
});
