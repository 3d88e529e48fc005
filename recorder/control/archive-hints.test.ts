import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { expect, test, vi } from 'vitest';
import { type Log, silentLog } from '#service/log.ts';
import { isProof, proofOf } from '#service/token-proof.ts';
import { ArchiveHints, isThisMachine } from './archive-hints.ts';

/** An archive that notes what it is told, and answers when it is allowed to. */
async function openArchive({
  ownToken = 'secret token',
  status = 200,
  tls,
}: {
  ownToken?: string;
  status?: number;
  tls?: { cert: string; key: string };
} = {}) {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const told: string[] = [];
  const words: unknown[] = [];
  let [connections, atOnce, mostAtOnce] = [0, 0, 0];
  const listen: RequestListener = async (request, response) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const [chunk] = await once(request, 'data');
    const body = JSON.parse(String(chunk));
    words.push(request.url, request.headers, body);
    if (request.url === '/api/hint') {
      told.push(body.recordingId);
      await mayAnswer;
    }
    atOnce -= 1;
    const parts = [body.challenge, body.nonce, body.recordingId];
    const isProven = isProof(String(body.proof), 'secret token', 'recorder-to-archive', parts);
    const proof = proofOf(ownToken, 'archive-to-recorder', parts);
    const answer =
      request.url === '/api/hint' ? { proof, isProven } : { challenge: `challenge ${words.length}` };
    response.writeHead(isProven || !body.proof ? status : 401).end(JSON.stringify(answer));
  };
  const server = tls ? createSecureServer(tls, listen) : createServer(listen);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { log, logged } = noting();
  const hints = new ArchiveHints({ url, token: 'secret token', log });
  const close = () => server.close();
  return { hints, logged, told, words, answer, close, seen: () => ({ connections, mostAtOnce }) };
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
  expect(refusing.told).toEqual([]);
  expect(refusing.logged).toEqual(['warn archive-hint-failed', 'debug archive-hint-failed']);
  refusing.close();
  const { log, logged } = noting();
  const deaf = new ArchiveHints({ url: 'http://127.0.0.1:9', token: 'secret token', log });
  for (const recordingId of ['one', 'other']) deaf.changed(recordingId);
  await vi.waitUntil(() => logged.length === 2);
  expect(logged).toEqual(['warn archive-hint-failed', 'debug archive-hint-failed']);
});

test('the token itself is never sent, and an archive that cannot prove it is noticed', async () => {
  const ours = await openArchive();
  ours.answer();
  ours.hints.changed('first');
  ours.hints.changed('second');
  await vi.waitUntil(() => ours.told.length === 2);
  expect(JSON.stringify(ours.words)).not.toContain('secret token');
  ours.close();
  const other = await openArchive({ ownToken: 'another token' });
  other.answer();
  other.hints.changed('first');
  await vi.waitUntil(() => other.logged.length === 1);
  expect(other.logged).toEqual(['warn archive-hint-failed']);
  expect(ours.logged).toEqual([]);
  other.close();
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
