import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FactBody, RecordedStream } from '#protocol/recorder.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { readManifest } from '#store/manifest-file.ts';
import { AudioPool } from '../audio/audio-pool.ts';
import { newRecording, openRecorder } from '../control/testing/open-recorder.ts';
import { tagsOf } from '../flv/testing/file-in-memory.ts';

import { Recordings } from '../storage/recordings.ts';
import { STREAMS } from './capture-rig.ts';
import { picturesOf } from './captured-pictures.ts';
import { Hop, seeded } from './hop.ts';
import { HostileSender } from './hostile-sender.ts';
import { Sender } from './sender.ts';
import { SimulatedSfu } from './simulated-sfu.ts';
import { CALM } from './simulation.ts';

/** Time moves on by this much, then the sockets are read. */
const STEP_MS = 20;
const SECONDS = 12;
/** Turns of the event loop in which what was sent over a loopback is read. */
const TURNS = 3;
/** Beyond what was sent: what a file begins with, its index, slates, silence, tags. */
const OVERHEAD_BYTES = 4 * 2 ** 20;
const MAX_GROWTH_BYTES = 300 * 2 ** 20;
const HONEST = ['ada-1', 'bob-1'];

let root: string;
let audio: AudioPool;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-hostile-'));
  audio = new AudioPool({ log: silentLog, clock: systemClock, size: 1 });
  await audio.start();
});
afterAll(async () => {
  await audio.close();
  await rm(root, { recursive: true });
});

/** A port of the SFU's, and what somebody's media are sent from. */
async function port(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test.each([1, 2, 3])(
  '[COMP2] whatever some send, seed %d, the files of the others are sound, and the recorder lives',
  async (seed) => {
    const random = seeded(seed);
    const clock = new ManualClock();
    const recorder = openRecorder({ recordings: new Recordings(root), audio, clock });
    const params = newRecording(clock);
    const { recordingId } = params;
    await recorder.commands.start(params);
    const session = await recorder.session(recordingId);
    const tell = (fact: FactBody) =>
      session.takeFacts([{ ...fact, seq: session.lastFact + 1, atMs: Math.round(clock.nowMs()) }]);
    const rss = process.memoryUsage().rss;

    const join_ = async (connectionId: string, streams: RecordedStream[]) => {
      const key = { recordingId, connectionId };
      const socket = await port();
      const { endpoint } = await recorder.commands.openReceiver(key);
      await recorder.commands.connectReceiver({
        ...key,
        from: { address: '127.0.0.1', port: socket.address().port },
      });
      for (const stream of streams) await recorder.commands.addStream({ ...key, stream });
      return { key, socket, send: (datagram: Buffer) => socket.send(datagram, endpoint.port, '127.0.0.1') };
    };

    const sockets: Socket[] = [];
    const senders: Sender[] = [];
    for (const connectionId of HONEST) {
      const { send, socket } = await join_(
        connectionId,
        STREAMS.map((stream) => ({ ...stream })),
      );
      const hop = () => new Hop(clock, random, CALM);
      const back = hop();
      const sfu: SimulatedSfu = new SimulatedSfu({
        ...{ clock, random, lastHop: hop(), deliver: send },
        requestKeyframe: () => back.send(() => sender.requestKeyframe()),
      });
      const uplink = hop();
      const sender = new Sender({ clock, onPacket: (packet) => uplink.send(() => sfu.forward(packet)) });
      socket.on('message', (datagram) => sfu.feedback(datagram));
      senders.push(sender);
      sockets.push(socket);
    }
    const hostile = [];
    for (const [connectionId, codec] of [
      ['eve-1', 'h264'],
      ['eve-2', 'vp8'],
    ] as const) {
      const streams = STREAMS.map((stream) =>
        codec === 'vp8' && stream.kind === 'video'
          ? { ...stream, codec: { ...stream.codec, mimeType: 'video/VP8' } }
          : { ...stream },
      );
      const sender = new HostileSender({ random, codec });
      const person = await join_(connectionId, streams);
      sockets.push(person.socket);
      hostile.push({ ...person, sender, streams });
    }

    for (let ms = 0; ms < SECONDS * 1000; ms += STEP_MS) {
      for (const { key, sender, send, streams } of hostile) {
        for (const datagram of sender.datagrams()) send(datagram);
        const source = random() < 0.5 ? 'camera' : 'microphone';
        if (random() < 0.01)
          tell({ type: 'paused', connectionId: key.connectionId, source, paused: random() < 0.5 });
        if (random() < 0.005) {
          // Another producer of the same source.
          const kind = source === 'camera' ? 'video' : 'audio';
          const stream = streams.find((one) => one.kind === kind) as RecordedStream;
          sender.ssrc[kind] += 2;
          const anew = { ...stream, streamId: `${kind}-${sender.ssrc[kind]}`, ssrc: sender.ssrc[kind] };
          await recorder.commands.addStream({ ...key, stream: anew });
        }
      }
      clock.advance(STEP_MS);
      for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
    }
    // Those who kept silence from here on get the slate, in whatever size they had last.
    for (let ms = 0; ms < 7000; ms += STEP_MS) {
      clock.advance(STEP_MS);
      await setImmediate();
    }
    for (const sender of senders) sender.stop();
    const states = session
      .progress()
      .map(({ connectionId, problem, state }) => [connectionId, state, problem]);
    const problems = session.manifest.problems.map(({ message }) => message);
    const [growth] = [process.memoryUsage().rss - rss];
    // By this clock, which runs faster than the disk, it may take longer than a Stop is answered within.
    const stopped = Promise.allSettled([
      recorder.commands.stop({ recordingId, reason: 'host', lastFact: session.lastFact }),
    ]);
    await vi.waitUntil(
      async () => {
        clock.advance(STEP_MS);
        return !recorder.has(recordingId);
      },
      { timeout: 30_000, interval: 1 },
    );
    await stopped;

    const folder = join(root, recordingId);
    const manifest = await readManifest(folder);
    const bytes = manifest.files.reduce(
      (sum, file) => sum + (HONEST.includes(file.connectionId) ? 0 : file.bytes),
      0,
    );
    const sent = hostile.reduce((sum, { sender }) => sum + sender.sentBytes, 0);
    console.info(
      `seed ${seed}: ${sent} bytes sent, ${bytes} written, ${growth >> 20} MiB grown; ` +
        `${JSON.stringify(states)} ${JSON.stringify(problems)}`,
    );
    for (const file of manifest.files) {
      const content = await readFile(join(folder, file.name));
      expect((await tagsOf(content)).at(-1)?.end).toBe(content.length);
      expect(content.length).toBe(file.bytes);
      if (!HONEST.includes(file.connectionId)) continue;
      const pictures = await picturesOf({ file: content, originMs: 0 });
      expect(pictures.filter(({ content: shown }) => shown === 'garbage')).toEqual([]);
      expect(pictures.length).toBeGreaterThan(SECONDS * 15);
    }
    const honest = manifest.files.filter(({ connectionId }) => HONEST.includes(connectionId));
    expect(honest.map(({ state }) => state)).toEqual(HONEST.map(() => 'complete'));
    expect((await readdir(folder)).length).toBeLessThan(20);
    expect(bytes).toBeLessThan(2 * sent + OVERHEAD_BYTES);
    expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    await recorder.close();
    for (const socket of sockets) socket.close();
  },
  120_000,
);
