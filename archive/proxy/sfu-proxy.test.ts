import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FRONT_DOOR_HEADER } from '#protocol/token-proof.ts';
import { systemClock } from '#service/clock.ts';
import { addressOf } from '#service/front-door.ts';
import type { TrustProxy } from '../access/client-address.ts';
import { openTestArchive, RECORDER_TOKEN } from '../testing/open-test-archive.ts';

type Transport = 'polling' | 'websocket';

/** A real socket.io server in the SFU's place. */
async function startSfu(port = 0) {
  const http = createServer();
  const sfu = new Server(http, { serveClient: false });
  sfu.on('connection', (socket) => {
    socket.on('echo', (text, reply) => reply({ ok: true, text }));
    socket.on('headers', (reply) => reply(socket.handshake.headers));
  });
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= sfu.close().then(() => undefined);
    return stopped;
  };
  onTestFinished(stop);
  return { port: (http.address() as AddressInfo).port, stop };
}

async function openFrontDoor(sfuPort: number, trustProxy?: TrustProxy) {
  const sfuUrl = `http://127.0.0.1:${sfuPort}`;
  const archive = await openTestArchive({ clock: systemClock, sfuUrl, trustProxy });
  const origin = await archive.server.listen({ host: '127.0.0.1', port: 0 });
  return { ...archive, origin };
}

function connectTo(origin: string, transports: Transport[]) {
  const socket = io(origin, {
    transports,
    forceNew: true,
    reconnectionDelay: 20,
    reconnectionDelayMax: 50,
    extraHeaders: {
      cookie: 'verbatim_session=secret',
      'x-forwarded-for': '192.0.2.7',
      [FRONT_DOOR_HEADER]: 'no',
    },
  });
  onTestFinished(() => {
    socket.close();
  });
  return socket;
}

test.each<{ transports: Transport[] }>([
  { transports: ['websocket'] },
  { transports: ['polling'] },
  { transports: ['polling', 'websocket'] },
])('socket.io works through the front door by $transports', async ({ transports }) => {
  const { port } = await startSfu();
  const socket = connectTo((await openFrontDoor(port)).origin, transports);
  expect((await socket.emitWithAck('echo', 'hello')).text).toBe('hello');
  const long = 'x'.repeat(200_000);
  expect((await socket.emitWithAck('echo', long)).text).toBe(long);
  const headers = await socket.emitWithAck('headers');
  expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(addressOf(headers, undefined, RECORDER_TOKEN)).toBe('127.0.0.1');
  expect(headers.cookie).toBeUndefined();
  expect(headers[FRONT_DOOR_HEADER]).toBe('1');
});

test('nobody hides a request in another one, nor takes the mark of the front door off', async () => {
  const seen: string[] = [];
  const sfu = createServer((request, response) => {
    request.resume();
    seen.push(`${request.method} ${request.url} ${request.headers[FRONT_DOOR_HEADER]}`);
    response.end('{}');
  });
  await new Promise<void>((resolve) => sfu.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void sfu.close());
  const { origin } = await openFrontDoor((sfu.address() as AddressInfo).port);
  const hidden = 'GET /socket.io/?hidden HTTP/1.1\r\nhost: x\r\n\r\n';
  const chunk = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
  for (const method of ['GET', 'OPTIONS', 'POST']) {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    const head = [`${method} /socket.io/?open HTTP/1.1`, 'host: x', 'transfer-encoding: chunked'];
    socket.write([...head, `connection: close, ${FRONT_DOOR_HEADER}`, '', chunk].join('\r\n'));
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
  }
  expect(seen).toEqual(['GET', 'OPTIONS', 'POST'].map((method) => `${method} /socket.io/?open 1`));
});

test.each<Transport>(['websocket', 'polling'])(
  'behind a trusted proxy the SFU is told one address, the client’s, by %s',
  async (transport) => {
    const { port } = await startSfu();
    const socket = connectTo((await openFrontDoor(port, ['loopback'])).origin, [transport]);
    const headers = await socket.emitWithAck('headers');
    expect(headers['x-forwarded-for']).toBe('192.0.2.7');
    expect(addressOf(headers, undefined, RECORDER_TOKEN)).toBe('192.0.2.7');
  },
);

test.each<{ transports: Transport[] }>([{ transports: ['websocket'] }, { transports: ['polling'] }])(
  'a restarted SFU is reached again by $transports',
  async ({ transports }) => {
    const first = await startSfu();
    const door = await openFrontDoor(first.port);
    const socket = connectTo(door.origin, transports);
    await socket.emitWithAck('echo', 'before');
    const lost = new Promise((resolve) => socket.once('disconnect', resolve));
    await first.stop();
    await lost;
    const refused = await fetch(`${door.origin}/socket.io/?EIO=4&transport=polling`);
    expect(refused.status).toBe(502);
    expect(await refused.json()).toMatchObject({ error: { code: 'sfu-unreachable' } });
    await startSfu(first.port);
    expect((await socket.emitWithAck('echo', 'after')).text).toBe('after');
  },
);

test('a WebSocket towards an SFU that is down, or to another path, is answered with the error', async () => {
  const sfu = await startSfu();
  await sfu.stop();
  const { origin } = await openFrontDoor(sfu.port);
  const upgrade = (path: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => {
        const lines = [`GET ${path} HTTP/1.1`, 'host: x', 'connection: Upgrade', 'upgrade: websocket'];
        socket.write(`${lines.join('\r\n')}\r\n\r\n`);
      });
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      socket.on('end', () => resolve(answer));
      socket.on('error', reject);
    });
  expect(await upgrade('/socket.io/?EIO=4&transport=websocket')).toMatch(
    /^HTTP\/1\.1 502 [\s\S]*"sfu-unreachable"/,
  );
  expect(await upgrade('/api/recordings')).toMatch(/^HTTP\/1\.1 404 [\s\S]*"not-found"/);
});

test('closing ends the tunnels, and a gone browser leaves none', async () => {
  const { port } = await startSfu();
  const { close, origin, server } = await openFrontDoor(port);
  const tunnels = async () => (await server.inject({ url: '/healthz' })).json().tunnels;
  const one = connectTo(origin, ['websocket']);
  await one.emitWithAck('echo', 'x');
  expect(await tunnels()).toBe(1);
  one.close();
  await vi.waitFor(async () => expect(await tunnels()).toBe(0));
  const two = connectTo(origin, ['websocket']);
  await two.emitWithAck('echo', 'x');
  const ended = new Promise((resolve) => two.once('disconnect', resolve));
  await close();
  expect(await ended).toBe('transport close');
});
