import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { FileProgress } from '#protocol/recording-state.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { readManifest } from '#store/manifest-file.ts';
import { AudioPool } from '../audio/audio-pool.ts';
import { TICK_MS } from '../control/recorder.ts';
import { newRecording, openRecorder } from '../control/testing/open-recorder.ts';
import { streams } from '../control/testing/sent-media.ts';
import { RETRY_MS } from '../file/next-file.ts';
import { TagStream } from '../file/tag-stream.ts';
import { Take } from '../file/take.ts';
import { tagsOf } from '../flv/testing/file-in-memory.ts';
import { RtpReceiver } from '../rtp/rtp-receiver.ts';
import { Recordings } from '../storage/recordings.ts';
import { rtpPacket, senderReport } from '../testing/wire.ts';

const ROOM_MS = 30_000;
const ssrc = streams.audio.ssrc;
const packet = rtpPacket({
  ...{ payloadType: 111, sequence: 1, timestamp: 960, ssrc, marker: false },
  payload: Buffer.alloc(40, 1),
});
const report = senderReport(ssrc, { seconds: 4_000_000_000, fraction: 0 }, 960, 1);

let root: string;
let audio: AudioPool;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-compartment-'));
  audio = new AudioPool({ log: silentLog, clock: systemClock, size: 1 });
  await audio.start();
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(async () => {
  await audio.close();
  await rm(root, { recursive: true });
});

/** More is on disk than how a file begins. */
const hasMedia = ({ bytes, durationMs }: FileProgress) => durationMs > 2000 && bytes > 45_000;

const broken = (): never => {
  throw new TypeError('a mistake of ours');
};

/** Where it throws, once, over whoever is next; and what else must happen for it. */
const places: [string, () => unknown, ('media' | 'mute')?][] = [
  ['a timer', () => vi.spyOn(Take.prototype, 'tick').mockImplementationOnce(broken)],
  ['the timer of a stream', () => vi.spyOn(RtpReceiver.prototype, 'tick').mockImplementationOnce(broken)],
  ['a packet', () => vi.spyOn(RtpReceiver.prototype, 'push').mockImplementationOnce(broken), 'media'],
  [
    'a Sender Report',
    () => vi.spyOn(RtpReceiver.prototype, 'onSenderReport').mockImplementationOnce(broken),
    'media',
  ],
  [
    'an answer of the audio workers',
    () => vi.spyOn(TagStream.prototype, 'sound').mockImplementationOnce(broken),
  ],
  ['a mute', () => vi.spyOn(Take.prototype, 'setLive').mockImplementationOnce(broken), 'mute'],
  ['a description', () => vi.spyOn(Take.prototype, 'describe').mockImplementationOnce(broken)],
  [
    'a number that no manifest holds',
    () => vi.spyOn(Take.prototype, 'durationMs', 'get').mockReturnValueOnce(Number.NaN),
  ],
];

test.each(places)(
  '[COMP1] what throws over %s ends the file that it was for, whole, and nothing else; the next one follows',
  async (_, sabotage, needs) => {
    const clock = new ManualClock();
    const recorder = openRecorder({ recordings: new Recordings(root), audio, clock });
    const params = newRecording(clock);
    const { recordingId } = params;
    await recorder.commands.start(params);
    const session = await recorder.session(recordingId);
    const sfu = createSocket('udp4').bind(0, '127.0.0.1');
    await once(sfu, 'listening');
    const ports: number[] = [];
    for (const connectionId of ['ada-1', 'bob-1']) {
      const key = { recordingId, connectionId };
      const { endpoint } = await recorder.commands.openReceiver(key);
      await recorder.commands.connectReceiver({
        ...key,
        from: { address: '127.0.0.1', port: sfu.address().port },
      });
      await recorder.commands.addStream({ ...key, stream: { ...streams.audio, paused: true } });
      ports.push(endpoint.port);
    }
    const states = () => session.progress().map(({ state }) => state);
    // The disk and the audio workers work in real time, the recorder by a clock that goes as fast as they allow.
    const until = (condition: () => boolean) =>
      vi.waitUntil(
        () => {
          clock.advance(TICK_MS);
          return condition();
        },
        { timeout: ROOM_MS, interval: 2 },
      );
    await until(() => session.progress().every(hasMedia));

    sabotage();
    await until(() => {
      if (needs === 'media') for (const datagram of [packet, report]) sfu.send(datagram, ports[0]);
      if (needs === 'mute' && session.lastFact === 0) {
        const fact = { type: 'paused', connectionId: 'ada-1', source: 'microphone', paused: true } as const;
        session.takeFacts([{ ...fact, seq: 1, atMs: Math.round(clock.nowMs()) }]);
      }
      // As the manifest's writer and the heartbeat do.
      return session.manifest.files.length > 0 && states().includes('failed');
    });
    expect(states().toSorted()).toEqual(['failed', 'recording']);
    expect(session.progress().find(({ state }) => state === 'failed')?.problem).toBe('file-failed');
    const failedAtMs = clock.nowMs();
    await until(() => states().every((state) => state === 'recording'));
    expect(clock.nowMs() - failedAtMs).toBeGreaterThan(RETRY_MS - 2 * TICK_MS);

    await recorder.commands.stop({ recordingId, reason: 'host', lastFact: session.lastFact });
    const folder = join(root, recordingId);
    const { files, problems, state } = await readManifest(folder);
    expect(state).toBe('complete');
    expect(files.map((file) => file.state).toSorted()).toEqual(['complete', 'complete', 'recovered']);
    expect(problems.map(({ code }) => code)).toEqual(['file-failed']);
    for (const { bytes, name } of files) {
      const file = await readFile(join(folder, name));
      expect((await tagsOf(file)).at(-1)?.end).toBe(bytes);
      expect(file.length).toBe(bytes);
    }
    await recorder.close();
    sfu.close();
  },
  2 * ROOM_MS,
);

test('[COMP1] what throws at the end of one file holds neither the others nor Stop up', async () => {
  const clock = new ManualClock();
  const recorder = openRecorder({ recordings: new Recordings(root), audio, clock });
  const params = newRecording(clock);
  const { recordingId } = params;
  await recorder.commands.start(params);
  const session = await recorder.session(recordingId);
  for (const connectionId of ['ada-1', 'bob-1']) {
    await recorder.commands.openReceiver({ recordingId, connectionId });
    await recorder.commands.addStream({
      recordingId,
      connectionId,
      stream: { ...streams.audio, paused: true },
    });
  }
  await vi.waitUntil(
    () => {
      clock.advance(TICK_MS);
      return session.progress().every(hasMedia);
    },
    { timeout: ROOM_MS, interval: 2 },
  );
  vi.spyOn(Take.prototype, 'finish').mockRejectedValueOnce(new TypeError('a mistake of ours'));
  await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
  const { files, state } = await readManifest(join(root, recordingId));
  expect(state).toBe('complete');
  expect(files.map((file) => file.state).toSorted()).toEqual(['complete', 'recovered']);
  await recorder.close();
});
