import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PROOF_TIMEOUT_MS, provenParts, type RecorderHandshake } from '#protocol/recorder.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { type Log, silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { makeNonce, proofOf } from '#service/token-proof.ts';
import { SfuClock } from './sfu-clock.ts';
import { type CommandHandlers, SfuLink } from './sfu-link.ts';

const TOKEN = 'the token that is never sent';

/** A link to an SFU that behaves as `greet` says; every word that reaches the SFU is kept. */
async function openLink(greet: (socket: Socket, handshake: RecorderHandshake) => void) {
  const http = createServer();
  const server = new Server(http, { serveClient: false });
  const words: unknown[] = [];
  const carriedOut: string[] = [];
  server.of('/recorder').on('connection', (socket) => {
    words.push(socket.handshake.auth, socket.handshake.headers, socket.handshake.query);
    socket.onAny((...message) => words.push(message));
    greet(socket, socket.handshake.auth as RecorderHandshake);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const clock = new ManualClock();
  const logged: string[] = [];
  const note = (event: string, fields?: Record<string, unknown>) =>
    void logged.push(fields?.code ? `${event} ${fields.code}` : event);
  const log: Log = { ...silentLog, info: note, error: note };
  const stop = async () => {
    carriedOut.push('stop');
    return { files: [], bytes: 0 };
  };
  const link = new SfuLink({
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    token: TOKEN,
    handshake: { version: PROTOCOL_VERSION, recorderId: 'rec-1', instanceId: 'i', capacity: 3 },
    clock,
    log,
    sfuClock: new SfuClock(),
    commands: { stop } as unknown as CommandHandlers,
    takeFacts: async () => 0,
    heartbeat: () => ({ recordings: [] }),
    onLost: () => undefined,
  });
  onTestFinished(async () => {
    link.close();
    await server.close();
  });
  return { carriedOut, clock, link, logged, words };
}

const STOP = { recordingId: '20260901T000000000Z-abcdefgh', reason: 'host', lastFact: 0 };

/** Asks for a proof, keeps it, and answers with what `welcome` makes of it. */
function greeting(token: string, welcome: (parts: (string | number)[], proof: string) => string) {
  return async (socket: Socket, handshake: RecorderHandshake): Promise<void> => {
    const parts = provenParts(handshake, makeNonce());
    const { proof } = await socket.emitWithAck('challenge', { nonce: parts.at(-1) });
    expect(proof).toBe(proofOf(token, 'recorder-to-sfu', parts));
    socket.emit('welcome', { proof: welcome(parts, proof) });
  };
}

test('recorder and SFU work together once each has proved the token, which is never sent', async () => {
  const proves = greeting(TOKEN, (parts) => proofOf(TOKEN, 'sfu-to-recorder', parts));
  let answered: unknown;
  const { carriedOut, link, logged, words } = await openLink(async (socket, handshake) => {
    await proves(socket, handshake);
    answered = await socket.emitWithAck('stop', STOP);
  });
  await vi.waitUntil(() => answered !== undefined);
  expect(answered).toMatchObject({ ok: true });
  expect(carriedOut).toEqual(['stop']);
  expect(link.connected).toBe(true);
  expect(logged).toEqual(['sfu-connected']);
  await vi.waitUntil(() => JSON.stringify(words).includes('heartbeat'));
  expect(JSON.stringify(words)).not.toContain(TOKEN);
});

test.each([
  ['its own proof sent back', (_parts: (string | number)[], proof: string) => proof],
  ['a proof with another token', (parts: (string | number)[]) => proofOf('other', 'sfu-to-recorder', parts)],
  ['a proof of another connection', () => proofOf(TOKEN, 'sfu-to-recorder', ['rec-1', 'i', 3, 'a', 'b'])],
  ['nothing that is a proof', () => 'welcome'],
])('an SFU that shows %s is not obeyed, and is left', async (_what, welcome) => {
  let left = 0;
  const greet = greeting(TOKEN, welcome);
  const { carriedOut, link, logged, words } = await openLink(async (socket, handshake) => {
    socket.on('disconnect', () => {
      left += 1;
    });
    socket.emit('stop', STOP, () => undefined);
    await greet(socket, handshake);
    socket.emit('stop', STOP, () => undefined);
  });
  await vi.waitUntil(() => left > 0);
  expect(carriedOut).toEqual([]);
  expect(link.connected).toBe(false);
  expect(logged).toEqual(['sfu-refused recorder-token-wrong']);
  expect(JSON.stringify(words)).not.toContain('heartbeat');
});

test('an SFU that asks for nothing is given up, and tried again', async () => {
  let [opened, left] = [0, 0];
  const { clock, logged } = await openLink((socket) => {
    opened += 1;
    socket.on('disconnect', () => {
      left += 1;
    });
  });
  await vi.waitUntil(() => opened === 1);
  clock.advance(PROOF_TIMEOUT_MS);
  await vi.waitUntil(() => left === 1);
  expect(logged).toEqual(['sfu-refused timeout']);
  clock.advance(1000);
  await vi.waitUntil(() => opened === 2);
});
