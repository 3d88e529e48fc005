import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Socket as RecorderSocket, Server } from 'socket.io';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { provenParts, type RecorderHandshake } from '#protocol/recorder.ts';
import { scaled } from '#scripts/testing/slowness.ts';
import { systemClock } from '#service/clock.ts';
import { inTime } from '#service/in-time.ts';
import { makeNonce, proofOf } from '#service/token-proof.ts';
import { readManifest } from '#store/manifest-file.ts';
import { newRecording } from './control/testing/open-recorder.ts';
import { streams } from './control/testing/sent-media.ts';
import { metadataOf, tagsOf } from './flv/testing/file-in-memory.ts';
import { RECORDER_NODE_FLAGS } from './node-flags.ts';

import { opusBursts } from './testing/opus-bursts.ts';
import { rtpPacket } from './testing/wire.ts';

/** How long a recorder that is told to end may take, whatever hangs. */
const END_MS = 5000;
const LIMIT_MS = 120_000;
const CONNECTION_ID = 'alice-1';
const TOKEN = 'a token for this test alone';
/** Never reads what it is given, and what it has started keeps its pipes open when it is killed. */
const HANGING_CONVERTER = '#!/bin/sh\nsleep 30 &\nwait\n';
/** A keyframe's descriptor (RFC 7741 §4.2), tag, start code and size (RFC 6386 §9.1): the rest nobody looks at. */
const VP8_KEYFRAME = Buffer.from('10' + '100000' + '9d012a' + '4000' + '4000', 'hex');

let folder: string;
let http: ReturnType<typeof createServer>;
let sfu: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verbatim-stopping-'));
  http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  sfu = new Server(http, { transports: ['websocket'] });
});
afterEach(async () => {
  await sfu.close();
  await rm(folder, { recursive: true });
});

/** A real recorder process, connected to what stands for its SFU. */
async function startRecorder() {
  const converter = join(folder, 'ffmpeg');
  await writeFile(converter, HANGING_CONVERTER);
  await chmod(converter, 0o755);
  const connected = once(sfu.of('/recorder'), 'connection');
  const child = spawn(process.execPath, [...RECORDER_NODE_FLAGS, join(import.meta.dirname, 'main.ts')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      SFU_URL: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      ARCHIVE_URL: 'http://127.0.0.1:1',
      RECORDER_TOKEN: TOKEN,
      RECORDER_HEALTH_PORT: `${await freePort()}`,
      RECORDINGS_DIR: folder,
      MIN_FREE_DISK: '0',
      FFMPEG_PATH: converter,
    },
  });
  // Nobody asks whether it ended by itself: where it did not, the test has failed.
  onTestFinished(() => void child.kill('SIGKILL'));
  let words = '';
  child.stderr.on('data', (more: Buffer) => {
    words += more.toString();
  });
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => ({ code, signal }));
  const [socket] = (await connected) as [RecorderSocket];
  const parts = provenParts(socket.handshake.auth as RecorderHandshake, makeNonce());
  await socket.emitWithAck('challenge', { nonce: parts.at(-1) });
  socket.emit('welcome', { proof: proofOf(TOKEN, 'sfu-to-recorder', parts) });
  socket.on('heartbeat', (_: unknown, answer: (reply: object) => void) =>
    answer({ ok: true, sfuNowMs: systemClock.nowMs() }),
  );
  return { pid: child.pid ?? 0, words: () => words, ended, socket };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Alice with microphone and a camera that sends VP8, until both are on their way. Answers the recording's folder. */
async function record(socket: RecorderSocket): Promise<{ path: string; stopSending: () => void }> {
  const params = newRecording();
  const key = { recordingId: params.recordingId, connectionId: CONNECTION_ID };
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const from = { address: '127.0.0.1', port: udp.address().port };
  expect(await socket.emitWithAck('start', params)).toMatchObject({ ok: true });
  const { endpoint } = await socket.emitWithAck('openReceiver', key);
  await socket.emitWithAck('connectReceiver', { ...key, from });
  const codec = { ...streams.video.codec, mimeType: 'video/VP8' };
  for (const stream of [streams.audio, { ...streams.video, codec }])
    expect(await socket.emitWithAck('addStream', { ...key, stream })).toMatchObject({ ok: true });
  const packets = opusBursts();
  let sequence = 0;
  const send = (kind: 'audio' | 'video', ticks: number, payload: Buffer) => {
    const { codec, ssrc } = streams[kind];
    const { payloadType } = codec;
    const packet = rtpPacket({
      ...{ payloadType, sequence, ssrc, payload },
      timestamp: sequence * ticks,
      marker: true,
    });
    udp.send(packet, endpoint.port, endpoint.address);
  };
  const stop = systemClock.every(20, () => {
    send('audio', 960, packets[sequence % packets.length] ?? VP8_KEYFRAME);
    send('video', 1800, VP8_KEYFRAME);
    sequence += 1;
  });
  return {
    path: join(folder, params.recordingId),
    stopSending: () => {
      stop();
      udp.close();
    },
  };
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

/** Whoever opens it from now on waits for ever, in the kernel, as for a disk that does not answer (fifo(7)). */
async function hang(path: string): Promise<void> {
  execFileSync('mkfifo', [`${path}.pipe`]);
  await rename(`${path}.pipe`, path);
}

test.skipIf(!existsSync('/proc/self/task'))(
  '[END4] told to end while its audio workers, its converter and its disk hang, a recorder ends within 5 s, and its file is whole',
  { timeout: LIMIT_MS },
  async () => {
    const { ended, pid, socket, words } = await startRecorder();
    const { path, stopSending } = await record(socket);
    const onlyFile = async () => (await readManifest(path)).files[0]?.name;
    await vi.waitUntil(onlyFile);
    const file = join(path, (await onlyFile()) ?? '');
    const hasSound = async () => (await tagsOf(await readFile(file))).length > 40;
    await vi.waitUntil(hasSound);
    // Two cores have two audio workers or more, and the converter's shell.
    const children = childrenOf(pid);
    const workers = children.filter((child) =>
      readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('audio-worker'),
    );
    expect(children.length).toBeGreaterThan(workers.length);
    expect(workers.length).toBeGreaterThan(0);

    for (const worker of workers) process.kill(worker, 'SIGSTOP');
    await hang(join(path, 'manifest.json.new'));
    await hang(join(path, 'owner.json'));
    process.kill(pid, 'SIGTERM');
    const isInTime = await inTime(systemClock, scaled(END_MS), ended);
    stopSending();
    expect(isInTime).toBe(true);
    expect((await ended).signal).toBe('SIGKILL');
    expect(words()).toContain('Stopping took longer than');
    const tags = await tagsOf(await readFile(file));
    const lastMs = tags.at(-1)?.timestampMs ?? 0;
    expect(metadataOf(tags[0]).duration).toBeGreaterThanOrEqual(lastMs / 1000);
    // Nobody of it is left.
    await vi.waitUntil(() => workers.every((worker) => !existsSync(`/proc/${worker}`)));
  },
);

test('[END4] told to end with nothing wrong, a recorder ends by itself, and its recording is complete', {
  timeout: LIMIT_MS,
}, async () => {
  const { ended, pid, socket } = await startRecorder();
  const { path, stopSending } = await record(socket);
  const isThere = async () => (await readManifest(path)).files.length === 1;
  await vi.waitUntil(isThere);
  process.kill(pid, 'SIGTERM');
  expect(await inTime(systemClock, scaled(END_MS), ended)).toBe(true);
  stopSending();
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(await readManifest(path)).toMatchObject({ state: 'interrupted', files: [{ state: 'complete' }] });
});
