import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { platform } from 'node:os';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kernelDrops, parseDrops } from './kernel-drops.ts';

const TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  944: 0100007F:BF0E 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1510111 2 00000000aa7e74e9 0
 2842: 020200C0:8678 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1510136 2 00000000ad001229 17
`;
const TABLE_6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 2842: 00000000000000000000000001000000:8678 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1510137 2 00000000ad001230 3
`;

test('drops are read by port, of both address families', () => {
  expect(parseDrops(TABLE)).toEqual(
    new Map([
      [0xbf0e, 0],
      [0x8678, 17],
    ]),
  );
  expect(parseDrops(TABLE + TABLE_6).get(0x8678)).toBe(20);
});

test('what is not understood is left out', () => {
  expect(parseDrops('')).toEqual(new Map());
  expect(parseDrops('heading\n1: nonsense\n2: 0100007F:BF0E many fields -5')).toEqual(new Map());
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const [port, drops] of parseDrops(`heading\n${text}`)) {
        expect(port).toBeLessThan(65_536);
        expect(drops).toBeGreaterThanOrEqual(0);
      }
    }),
    { seed: 1 },
  );
});

test.runIf(platform() === 'linux')('a socket that nobody reads drops, and the system tells', async () => {
  const [receiver, sender] = [createSocket('udp4'), createSocket('udp4')];
  receiver.bind(0, '127.0.0.1');
  await once(receiver, 'listening');
  receiver.setRecvBufferSize(2048);
  const { port } = receiver.address();
  // Sent without a turn of this loop in between, in which the receiver would be read.
  const sent = Array.from({ length: 200 }, () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sender.send(Buffer.alloc(1000), port, '127.0.0.1', () => resolve());
    return promise;
  });
  await Promise.all(sent);
  expect((await kernelDrops())?.get(port)).toBeGreaterThan(0);
  receiver.close();
  sender.close();
});
