import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { BATCH_SIZE } from './datagram-batch.ts';
import { openLibc } from './libc.ts';
import type { MediaSocket, OnDatagram } from './media-socket.ts';
import { openMediaSockets, socketsOf } from './open-sockets.ts';
import { PortRange } from './port-range.ts';

const LOOPBACK = { IPv4: '127.0.0.1', IPv6: '::1' } as const;

async function peer(address: string = LOOPBACK.IPv4): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4').bind(0, address);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return socket;
}

const sent = (from: Socket, text: string, to: MediaSocket): Promise<void> =>
  new Promise((resolve) => from.send(text, to.endpoint.port, to.endpoint.address, () => resolve()));

/** Whoever owns a socket lets it be read now and then. */
const taken = (socket: MediaSocket, isTaken: () => boolean) =>
  vi.waitUntil(() => {
    socket.drain();
    return isTaken();
  });

const libc = await openLibc();
const ways = [
  { way: 'in batches', libc },
  { way: 'by node:dgram', libc: undefined },
] as const;
/** Linux on x64 and arm64 has both, every other system the second. */
describe.each(ways.filter(({ way, libc }) => libc || way === 'by node:dgram'))('read $way', ({ libc }) => {
  async function open(
    onDatagram: OnDatagram,
    { address = LOOPBACK.IPv4 as string, ports = new PortRange(20000, 29999) } = {},
  ): Promise<MediaSocket> {
    const socket = await socketsOf(libc, { address, ports, clock: systemClock }).bind(onDatagram);
    onTestFinished(() => socket.close());
    return socket;
  }

  test.each(Object.entries(LOOPBACK))(
    'takes datagrams from the announced transport only, %s',
    async (_, address) => {
      const [sfu, stranger] = await Promise.all([peer(address), peer(address)]);
      const seen: string[] = [];
      const socket = await open((datagram) => seen.push(datagram.toString()), { address });
      expect(socket.endpoint.address).toBe(address);
      await sent(sfu, 'too early', socket);
      await taken(socket, () => socket.strangers === 1);
      socket.connect({ address, port: sfu.address().port });
      await sent(stranger, 'forged', socket);
      await taken(socket, () => socket.strangers === 2);
      await sent(sfu, 'media', socket);
      await taken(socket, () => seen.length === 1);
      expect(seen).toEqual(['media']);
    },
  );

  test('what it sends comes from its port', async () => {
    const sfu = await peer();
    const socket = await open(() => {});
    socket.connect({ address: LOOPBACK.IPv4, port: sfu.address().port });
    const heard = once(sfu, 'message');
    socket.send(Buffer.from('feedback'));
    const [datagram, from] = await heard;
    expect([datagram.toString(), from.port]).toEqual(['feedback', socket.endpoint.port]);
  });

  test('what cannot be sent is lost, as anything on its way may be', async () => {
    const socket = await open(() => {});
    socket.connect({ address: LOOPBACK.IPv4, port: 9 });
    // More than a datagram holds.
    socket.send(Buffer.alloc(70_000));
    await vi.waitUntil(() => socket.unsent === 1);
  });

  test('whoever listens at nobody’s port goes on', async () => {
    const sfu = await peer();
    const gone = createSocket('udp4').bind(0, LOOPBACK.IPv4);
    await once(gone, 'listening');
    const { port } = gone.address();
    gone.close();
    const seen: string[] = [];
    const socket = await open((datagram) => seen.push(datagram.toString()));
    socket.connect({ address: LOOPBACK.IPv4, port });
    // The system answers with an ICMP error, which the next read could meet.
    for (let i = 0; i < 3; i += 1) socket.send(Buffer.from('anybody?'));
    socket.connect({ address: LOOPBACK.IPv4, port: sfu.address().port });
    await sent(sfu, 'media', socket);
    await taken(socket, () => seen.length === 1);
  });

  test('takes the next port when one is busy, and says so when none is left', async () => {
    const busy = await peer();
    const { port } = busy.address();
    const attempt = open(() => {}, { ports: new PortRange(port, port) });
    await expect(attempt).rejects.toMatchObject({ code: 'ports-exhausted' });
  });

  test('an address that is none of ours is told as the system does', async () => {
    await expect(open(() => {}, { address: '192.0.2.1' })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  test('neither a port that is busy nor one that was closed costs a descriptor', async () => {
    const busy = await peer();
    const { port } = busy.address();
    const before = openDescriptors();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await open(() => {}, { ports: new PortRange(port, port) }).catch(() => undefined);
      (await open(() => {})).close();
    }
    await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before));
  });
});

describe.runIf(libc)('in batches', () => {
  let calls = 0;
  const counting = libc && {
    ...libc,
    recvmmsg: (...args: Parameters<typeof libc.recvmmsg>) => {
      calls += 1;
      return libc.recvmmsg(...args);
    },
  };

  /** A socket, and what sends to it. */
  async function openBoth(onDatagram: OnDatagram, libc: typeof counting = counting) {
    const sfu = await peer();
    const ports = new PortRange(20000, 29999);
    const options = { address: LOOPBACK.IPv4, ports, clock: systemClock };
    const socket = await socketsOf(libc, options).bind(onDatagram);
    onTestFinished(() => socket.close());
    socket.connect({ address: LOOPBACK.IPv4, port: sfu.address().port });
    return { sfu, socket };
  }

  test('all that lies there is taken at once, in order, each its own bytes', async () => {
    const seen: Buffer[] = [];
    const { sfu, socket } = await openBoth((datagram) => seen.push(datagram));
    const texts = Array.from({ length: 3 * BATCH_SIZE + 1 }, (_, i) => `${i}`.repeat(1 + (i % 300)));
    for (const text of [...texts, 'x'.repeat(65_507), '']) await sent(sfu, text, socket);
    expect(seen).toHaveLength(0);
    calls = 0;
    expect(socket.drain()).toBe(false);
    expect(calls).toBe(Math.ceil((texts.length + 2) / BATCH_SIZE));
    expect(seen.map(String)).toEqual([...texts, 'x'.repeat(65_507), '']);
    socket.drain();
    expect(seen).toHaveLength(texts.length + 2);
  });

  test('tells when a datagram arrived, however late it is read', async () => {
    const arrived: (number | undefined)[] = [];
    const { sfu, socket } = await openBoth((_, arrivedMs) => arrived.push(arrivedMs));
    const sendAndWait = async () => {
      const fromMs = systemClock.nowMs();
      await sent(sfu, 'media', socket);
      const toMs = systemClock.nowMs();
      await new Promise<void>((resolve) => systemClock.after(30, resolve));
      return { fromMs, toMs };
    };
    // The kernel begins to stamp a moment after somebody on the machine wants it: before, it tells when we read.
    await vi.waitUntil(async () => {
      const { toMs } = await sendAndWait();
      socket.drain();
      return (arrived.at(-1) ?? toMs + 1) <= toMs;
    });
    arrived.length = 0;
    const sentBetween = [await sendAndWait(), await sendAndWait(), await sendAndWait()];
    socket.drain();
    expect(arrived).toHaveLength(3);
    for (const [i, { fromMs, toMs }] of sentBetween.entries()) {
      // The two clocks are read one after the other.
      expect(arrived[i]).toBeGreaterThan(fromMs - 1);
      expect(arrived[i]).toBeLessThan(toMs + 1);
    }
  });

  test('where the machine’s time is set meanwhile, it arrived between two reads', async () => {
    const arrived: (number | undefined)[] = [];
    const hourLater = counting && {
      ...counting,
      clock_gettime: (clock: number, time: Uint32Array) => {
        const answer = counting.clock_gettime(clock, time);
        time[0] = (time[0] ?? 0) + 3600;
        return answer;
      },
    };
    const { sfu, socket } = await openBoth((_, arrivedMs) => arrived.push(arrivedMs), hourLater);
    const emptyMs = systemClock.nowMs();
    socket.drain();
    await sent(sfu, 'media', socket);
    socket.drain();
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toBeGreaterThanOrEqual(emptyMs);
    expect(arrived[0]).toBeLessThanOrEqual(systemClock.nowMs());
  });

  test('whoever closes it meanwhile is heard', async () => {
    const seen: string[] = [];
    const { sfu, socket } = await openBoth((datagram) => {
      seen.push(datagram.toString());
      socket.close();
    });
    for (const text of ['a', 'b']) await sent(sfu, text, socket);
    expect(socket.drain()).toBe(false);
    expect(seen).toEqual(['a']);
    socket.send(Buffer.from('nobody hears this'));
    expect(socket.unsent).toBe(0);
  });
});

test('a name is one of an IPv4 address, as the SFU’s transports are', async () => {
  const sockets = await openMediaSockets('localhost', new PortRange(20000, 29999), systemClock);
  const socket = await sockets.bind(() => {});
  expect(socket.endpoint.address).toBe(LOOPBACK.IPv4);
  socket.close();
});

/** Of this process, which runs these tests one after the other. */
const openDescriptors = (): number => readdirSync('/proc/self/fd').length;

test('a range is walked round, the last port used comes last', () => {
  const range = new PortRange(10, 12);
  const [first] = range.candidates();
  expect(first).toBe(10);
  expect([...range.candidates()]).toEqual([11, 12, 10]);
});
