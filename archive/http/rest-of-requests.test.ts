import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { openTestArchive } from '../testing/open-test-archive.ts';
import { REST_BYTES, REST_MS } from './rest-of-requests.ts';
import { MAX_BODY_BYTES } from './server.ts';

const PIECE = Buffer.alloc(64 * 1024, 'x');

/** A connection over which requests are written by hand. */
async function open() {
  const clock = new ManualClock();
  const { server } = await openTestArchive({ clock });
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const socket: Socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  let [answers, failure] = ['', ''];
  socket.on('data', (bytes) => {
    answers += bytes.toString();
  });
  socket.on('error', (cause) => {
    failure = cause.message;
  });
  /** Resolves once the system has taken it. */
  const write = (bytes: string | Buffer) => new Promise<void>((taken) => socket.write(bytes, () => taken()));
  const ask = (path: string, length: number, method = 'POST') =>
    write(
      `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
    );
  const untilAnswered = (times = 1) => vi.waitUntil(() => answers.split('HTTP/1.1 ').length > times);
  return { answers: () => answers, ask, clock, failure: () => failure, socket, untilAnswered, write };
}

test.each([
  ['POST', '/api/meetings'],
  ['POST', '/api/meetings/nobody-knows-it/join'],
  ['POST', '/api/session'],
  ['POST', '/api/hint'],
  ['DELETE', '/api/recordings/20260901T000000000Z-abcdefgh'],
  ['POST', '/nothing/here'],
])(
  '%s %s is answered while its large body still comes, and the sender reads the words',
  async (method, path) => {
    const { answers, ask, failure, untilAnswered, write } = await open();
    const pieces = 24;
    expect(pieces * PIECE.length).toBeGreaterThan(MAX_BODY_BYTES);
    await ask(path, pieces * PIECE.length, method);
    await untilAnswered();
    expect(answers()).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answers()).toContain('"message"');
    for (let piece = 0; piece < pieces; piece += 1) await write(PIECE);
    // The connection serves on.
    await write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await untilAnswered(2);
    expect(answers()).toContain('HTTP/1.1 200');
    expect(failure()).toBe('');
  },
);

test('who sends for ever is cut, by time', async () => {
  const { ask, clock, socket, untilAnswered, write } = await open();
  await ask('/api/meetings', 2 ** 40);
  await untilAnswered();
  await write(PIECE);
  await vi.waitUntil(() => clock.pending > 0);
  clock.advance(REST_MS + 200);
  await vi.waitUntil(() => socket.destroyed);
});

test('and by bytes', async () => {
  const { ask, clock, socket, untilAnswered, write } = await open();
  await ask('/api/meetings', 2 ** 40);
  await untilAnswered();
  let sent = 0;
  while (!socket.destroyed && sent < 4 * REST_BYTES) {
    await write(PIECE);
    sent += PIECE.length;
    clock.advance(10);
  }
  expect(socket.destroyed).toBe(true);
  expect(sent).toBeLessThan(4 * REST_BYTES);
});
