import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { expect, test, vi } from 'vitest';
import { type Log, silentLog } from '../../service/log.ts';
import { ArchiveHints, isThisMachine } from './archive-hints.ts';

/** An archive that notes what it is told, and answers when it is allowed to. */
async function openArchive({
  status = 200,
  tls,
}: {
  status?: number;
  tls?: { cert: string; key: string };
} = {}) {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const told: string[] = [];
  let [connections, atOnce, mostAtOnce] = [0, 0, 0];
  const listen: RequestListener = async (request, response) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const [body] = await once(request, 'data');
    told.push(JSON.parse(String(body)).recordingId);
    await mayAnswer;
    atOnce -= 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  };
  const server = tls ? createSecureServer(tls, listen) : createServer(listen);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { log, logged } = noting();
  const hints = new ArchiveHints({ url, token: 'secret', log });
  const close = () => server.close();
  return { hints, logged, told, answer, close, seen: () => ({ connections, mostAtOnce }) };
}

/** A log that keeps what was logged, with its level. */
function noting(): { log: Log; logged: string[] } {
  const logged: string[] = [];
  const note = (level: string) => (event: string) => void logged.push(`${level} ${event}`);
  return { log: { ...silentLog, debug: note('debug'), warn: note('warn') }, logged };
}

test('hints go one after the other, over one connection, and of one recording only the last that waits', async () => {
  const { answer, close, hints, seen, told } = await openArchive();
  hints.changed('first');
  await vi.waitUntil(() => told.length === 1);
  for (const recordingId of ['second', 'first', 'third', 'second', 'third']) hints.changed(recordingId);
  answer();
  await vi.waitUntil(() => told.length === 4);
  hints.changed('last');
  await vi.waitUntil(() => told.length === 5);
  expect(told).toEqual(['first', 'second', 'first', 'third', 'last']);
  for (let i = 0; i < 100; i += 1) hints.changed(`number ${i}`);
  await vi.waitUntil(() => told.length === 105);
  expect(seen()).toEqual({ connections: 1, mostAtOnce: 1 });
  close();
});

test('a hint that is refused, or that nobody hears, does not keep the next one, and of a row one is warned of', async () => {
  const refusing = await openArchive({ status: 500 });
  refusing.answer();
  for (const recordingId of ['one', 'other']) refusing.hints.changed(recordingId);
  await vi.waitUntil(() => refusing.logged.length === 2);
  expect(refusing.told).toEqual(['one', 'other']);
  expect(refusing.logged).toEqual(['warn archive-hint-failed', 'debug archive-hint-failed']);
  refusing.close();
  const { log, logged } = noting();
  const deaf = new ArchiveHints({ url: 'http://127.0.0.1:9', token: 'secret', log });
  for (const recordingId of ['one', 'other']) deaf.changed(recordingId);
  await vi.waitUntil(() => logged.length === 2);
  expect(logged).toEqual(['warn archive-hint-failed', 'debug archive-hint-failed']);
});

test('an archive on this machine is told whatever name its certificate is for', async () => {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'meet.example' }]);
  const { answer, close, hints, logged, told } = await openArchive({ tls: { cert, key } });
  answer();
  hints.changed('first');
  await vi.waitUntil(() => told.length + logged.length === 1);
  expect(told).toEqual(['first']);
  close();
});

test('only an archive on this machine is', () => {
  for (const hostname of ['127.0.0.1', 'localhost', '[::1]']) expect(isThisMachine(hostname)).toBe(true);
  for (const hostname of ['archive.example', '192.0.2.1', '[2001:db8::1]', '127.0.0.1.example']) {
    expect(isThisMachine(hostname)).toBe(false);
  }
});
