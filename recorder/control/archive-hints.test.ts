import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { silentLog } from '../../service/log.ts';
import { ArchiveHints } from './archive-hints.ts';

/** An archive that notes what it is told, and answers when it is allowed to. */
async function openArchive(status = 200) {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const told: string[] = [];
  let [connections, atOnce, mostAtOnce] = [0, 0, 0];
  const server = createServer(async (request, response) => {
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    const [body] = await once(request, 'data');
    told.push(JSON.parse(String(body)).recordingId);
    await mayAnswer;
    atOnce -= 1;
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hints = new ArchiveHints({ url, token: 'secret', log: silentLog });
  const close = () => server.close();
  return { hints, told, answer, close, seen: () => ({ connections, mostAtOnce }) };
}

test('hints go one after the other, over hardly any connections, and of one recording only the last that waits', async () => {
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
  expect(seen().mostAtOnce).toBe(1);
  expect(seen().connections).toBeLessThanOrEqual(2);
  close();
});

test('a hint that is refused, or that nobody hears, does not keep the next one', async () => {
  const refusing = await openArchive(500);
  refusing.answer();
  for (const recordingId of ['one', 'other']) refusing.hints.changed(recordingId);
  await vi.waitUntil(() => refusing.told.length === 2);
  refusing.close();
  const failed: string[] = [];
  const log = { ...silentLog, debug: (event: string) => failed.push(event) };
  const deaf = new ArchiveHints({ url: 'http://127.0.0.1:9', token: 'secret', log });
  for (const recordingId of ['one', 'other']) deaf.changed(recordingId);
  await vi.waitUntil(() => failed.length === 2);
  expect(failed).toEqual(['archive-hint-failed', 'archive-hint-failed']);
});
