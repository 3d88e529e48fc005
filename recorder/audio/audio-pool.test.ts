import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { HANG_MS } from '#service/progress-watch.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { oggPackets } from '../flv/testing/encoded-media.ts';
import { AudioPool, END_WITHIN_MS, FLUSH_INTERVAL_MS } from './audio-pool.ts';
import type { AudioGap, SoundFrame } from './audio-transcoder.ts';
import { voice } from './testing/sounds.ts';
import { MAX_STREAM_PACKETS } from './worker-queue.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const SAMPLE_RATE = 48_000;
const PACKET = 960;

let pool: AudioPool;
beforeAll(async () => {
  pool = new AudioPool({ log: silentLog, clock: systemClock, size: 2 });
  await pool.start();
});
afterAll(() => pool.close());

function ffmpeg(args: string[], input?: Buffer): Buffer {
  return execFileSync(FFMPEG, ['-v', 'error', ...args], { maxBuffer: 1 << 28, ...(input ? { input } : {}) });
}

function opusOf(pcm: Float32Array, channels: 1 | 2 = 1, application = 'voip'): Buffer[] {
  const input = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const source = ['-f', 'f32le', '-ar', '48000', '-ac', `${channels}`, '-i', '-'];
  const ogg = ffmpeg(
    [...source, '-c:a', 'libopus', '-application', application, '-b:a', '40k', '-f', 'ogg', '-'],
    input,
  );
  return oggPackets(ogg);
}

/** Samples as an ordinary player decodes the frames, ADTS headers put before them for ffmpeg. */
function decodeAac(frames: SoundFrame[], channels: 1 | 2 = 1): Float32Array {
  const adts = frames.map(({ data }) => {
    const length = data.length + 7;
    const header = Buffer.of(
      0xff,
      0xf1,
      0x4c,
      (channels << 6) | (length >> 11),
      (length >> 3) & 0xff,
      ((length & 7) << 5) | 0x1f,
      0xfc,
    );
    return Buffer.concat([header, data]);
  });
  const pcm = ffmpeg(
    ['-xerror', '-f', 'aac', '-i', '-', '-f', 'f32le', '-ac', '1', '-'],
    Buffer.concat(adts),
  );
  return new Float32Array(Uint8Array.from(pcm).buffer);
}

async function transcode(
  packets: { at: number; payload: Buffer; lostSamples?: number }[],
  endSample: number,
  channels: 1 | 2 = 1,
) {
  const frames: SoundFrame[] = [];
  const stream = pool.open({ channels, onFrames: (more) => frames.push(...more) });
  for (const { at, ...packet } of packets) stream.push({ positionSamples: at, ...packet });
  await stream.finish(endSample);
  stream.close();
  expect(frames.map((frame) => frame.index)).toEqual(frames.map((_, index) => index));
  expect(frames).toHaveLength(Math.ceil(endSample / 1024));
  return frames;
}

function inOrder(payloads: Buffer[], from: number): { at: number; payload: Buffer; lostSamples?: number }[] {
  return payloads.map((payload, index) => ({ at: from + index * PACKET, payload }));
}

/** Noise bursts of 50 ms, a second apart: their autocorrelation has one sharp peak. */
function bursts(seconds: number): Float32Array {
  let state = 99;
  const pcm = new Float32Array(seconds * SAMPLE_RATE);
  for (let i = 0; i < pcm.length; i += 1) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    pcm[i] = i % SAMPLE_RATE > 20_000 && i % SAMPLE_RATE < 22_400 ? (state / 2 ** 30 - 1) * 0.5 : 0;
  }
  return pcm;
}

/** By how many samples `heard` is behind `sent`. */
function lag(sent: Float32Array, heard: Float32Array): number {
  let best = { lag: 0, product: Number.NEGATIVE_INFINITY };
  for (let shift = -800; shift <= 800; shift += 1) {
    let product = 0;
    for (let i = 1000; i < sent.length - 1000; i += 1) product += (sent[i] ?? 0) * (heard[i + shift] ?? 0);
    if (product > best.product) best = { lag: shift, product };
  }
  return best.lag;
}

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

describe('AudioPool', () => {
  test('[AUD6] sound is written where it was captured, within 1 ms', async () => {
    const sent = bursts(3);
    for (const application of ['voip', 'audio']) {
      const frames = await transcode(inOrder(opusOf(sent, 1, application), 0), sent.length);
      const samples = lag(sent, decodeAac(frames));
      console.info(`audio alignment (${application}): ${((samples * 1000) / SAMPLE_RATE).toFixed(2)} ms`);
      expect(Math.abs(samples)).toBeLessThan(48);
    }
  });

  test('[AUD7] a hole is silence, and what comes after it is in its place', async () => {
    const sent = bursts(3);
    const packets = inOrder(opusOf(sent), 0).filter((_, index) => index < 55 || index > 95);
    const heard = decodeAac(await transcode(packets, sent.length));
    expect(rms(heard.subarray(56 * PACKET, 95 * PACKET))).toBeLessThan(1e-4);
    expect(Math.abs(lag(sent, heard))).toBeLessThan(48);
  });

  test('screen audio stays stereo, a stereo packet in a microphone becomes mono', async () => {
    const stereo = new Float32Array(SAMPLE_RATE * 2).map((_, i) =>
      i % 2 === 0 ? Math.sin(i / 40) * 0.3 : 0,
    );
    const packets = inOrder(opusOf(stereo, 2, 'audio'), 0);
    for (const channels of [1, 2] as const) {
      const heard = decodeAac(await transcode(packets, SAMPLE_RATE, channels), channels);
      expect(rms(heard.subarray(10_000, 40_000))).toBeGreaterThan(0.05);
    }
  });

  test('broken packets become silence and end nothing', async () => {
    const sent = bursts(2);
    const packets = inOrder(opusOf(sent), 0).map((packet, index) =>
      index % 7 === 3 ? { ...packet, payload: Buffer.from([0xff, 0xff, 0xff, index]) } : packet,
    );
    const { restarts } = pool.stats();
    await transcode(packets, sent.length);
    expect(pool.stats().restarts).toBe(restarts);
  });

  test('[AUD16] sound that is told to be lost is made up for', async () => {
    const sent = voice();
    const packets = inOrder(opusOf(sent), 0);
    const lost = 51;
    const heardWith = async (lostSamples: number) => {
      const came = packets
        .filter((_, index) => index !== lost && index !== lost - 1)
        .map((packet, index) => (index === lost - 1 ? { ...packet, lostSamples } : packet));
      const heard = decodeAac(await transcode(came, sent.length));
      return rms(heard.subarray(lost * PACKET, (lost + 1) * PACKET - 400));
    };
    const [silent, madeUp] = [await heardWith(0), await heardWith(2 * PACKET)];
    console.info(`in a hole: ${silent.toFixed(4)} when it is not told, ${madeUp.toFixed(4)} when it is`);
    expect(madeUp).toBeGreaterThan(0.02);
    expect(madeUp).toBeGreaterThan(silent * 5);
  });

  test('[AUD8] a worker that dies is replaced, and its streams go on after a silence', async () => {
    const sent = bursts(4);
    const packets = inOrder(opusOf(sent), 0);
    const half = Math.floor(packets.length / 2);
    const frames: SoundFrame[] = [];
    const stream = pool.open({ channels: 1, onFrames: (more) => frames.push(...more) });
    for (const { at, payload } of packets.slice(0, half)) stream.push({ positionSamples: at, payload });
    await vi.waitUntil(() => frames.length > 60);
    const before = pool.stats().restarts;
    for (const pid of pool.pids) process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => pool.stats().restarts === before + 2);
    for (const { at, payload } of packets.slice(half)) stream.push({ positionSamples: at, payload });
    await stream.finish(sent.length);
    stream.close();
    expect(frames.map((frame) => frame.index)).toEqual(frames.map((_, index) => index));
    expect(frames).toHaveLength(Math.ceil(sent.length / 1024));
    expect(Math.abs(lag(sent, decodeAac(frames)))).toBeLessThan(48);
  });

  test('[AUD9] a worker that hangs is replaced, and the sound that it took with it is told as a gap', async () => {
    const clock = new ManualClock();
    const fragile = new AudioPool({ log: silentLog, clock, size: 1 });
    await fragile.start();
    const frames: SoundFrame[] = [];
    const gaps: AudioGap[] = [];
    const stream = fragile.open({
      channels: 1,
      onFrames: (more) => frames.push(...more),
      onGap: (gap) => gaps.push(gap),
    });
    const packets = inOrder(opusOf(bursts(2)), 0);
    for (const { at, payload } of packets.slice(0, 30)) stream.push({ positionSamples: at, payload });
    clock.advance(FLUSH_INTERVAL_MS);
    await vi.waitUntil(() => frames.length > 20);
    const [pid] = fragile.pids;
    process.kill(pid ?? 0, 'SIGSTOP');
    for (const { at, payload } of packets.slice(30, 50)) stream.push({ positionSamples: at, payload });
    clock.advance(HANG_MS / 2);
    expect(fragile.stats().restarts).toBe(0);
    await vi.waitUntil(() => {
      clock.advance(FLUSH_INTERVAL_MS);
      return fragile.stats().restarts === 1;
    });
    const kept = frames.length * 1024;
    for (const { at, payload } of packets.slice(50)) stream.push({ positionSamples: at, payload });
    await stream.finish(2 * SAMPLE_RATE);
    const cause = 'audio-worker-lost';
    expect(gaps).toEqual([{ cause, fromSample: kept, toSample: 50 * PACKET }]);
    expect(frames.map((frame) => frame.index)).toEqual(Array.from({ length: 94 }, (_, index) => index));
    await fragile.close();
    expect(clock.pending).toBe(0);
  });

  test('[AUD9] what a worker does not take of one stream is dropped, counted and told, and nobody else’s is', async () => {
    const clock = new ManualClock();
    const own = new AudioPool({ log: silentLog, clock, size: 1 });
    await own.start();
    const gaps: AudioGap[][] = [[], []];
    const frames: SoundFrame[] = [];
    const [flood, voice] = gaps.map((told, index) =>
      own.open({
        channels: 1,
        onFrames: (more) => void (index === 1 && frames.push(...more)),
        onGap: (gap) => told.push(gap),
      }),
    );
    const packets = inOrder(opusOf(bursts(2)), 0);
    const payload = packets[0]?.payload ?? Buffer.alloc(0);
    const end = MAX_STREAM_PACKETS + 5;
    for (let i = 0; i < end; i += 1) flood?.push({ positionSamples: i * PACKET, payload });
    for (const { at, payload } of packets) voice?.push({ positionSamples: at, payload });
    expect(own.stats().dropped).toBe(5);
    voice?.advance(90 * PACKET);
    expect(voice?.behindSamples).toBe(90 * PACKET);
    const finished = voice?.finish(2 * SAMPLE_RATE);
    let isOver = false;
    void finished?.then(() => {
      isOver = true;
    });
    await vi.waitUntil(() => {
      clock.advance(FLUSH_INTERVAL_MS);
      return isOver;
    });
    expect(frames).toHaveLength(94);
    const silence = frames.at(-1)?.data;
    expect(frames.filter(({ data }) => data !== silence).length).toBeGreaterThan(5);
    await flood?.finish(end * PACKET);
    const missing = { fromSample: MAX_STREAM_PACKETS * PACKET, toSample: end * PACKET };
    expect(gaps).toEqual([[{ cause: 'audio-worker-slow', ...missing }], []]);
    await own.close();
  });

  test('[LIGHT6] while no worker answers it is known how far the sound is behind, and a Stop says that it was slow', async () => {
    const clock = new ManualClock();
    const own = new AudioPool({ log: silentLog, clock, size: 1 });
    await own.start();
    const gaps: AudioGap[] = [];
    const stream = own.open({ channels: 1, onFrames: () => undefined, onGap: (gap) => gaps.push(gap) });
    for (const pid of own.pids) process.kill(pid, 'SIGSTOP');
    for (const { at, payload } of inOrder(opusOf(bursts(2)), 0))
      stream.push({ positionSamples: at, payload });
    stream.advance(SAMPLE_RATE);
    expect(stream.behindSamples).toBe(SAMPLE_RATE);
    const finished = stream.finish(2 * SAMPLE_RATE);
    stream.giveUp();
    await finished;
    expect(gaps).toEqual([{ cause: 'audio-worker-slow', fromSample: 0, toSample: 2 * SAMPLE_RATE }]);
    expect(stream.behindSamples).toBe(0);
    const closed = own.close();
    clock.advance(END_WITHIN_MS);
    await closed;
  });

  test('[AUD8] a worker gives back what those needed who are gone', async () => {
    const own = new AudioPool({ log: silentLog, clock: systemClock, size: 1 });
    await own.start();
    const mebibytes = () => Number(execFileSync('ps', ['-o', 'rss=', '-p', `${own.pids[0]}`])) / 1024;
    const packets = inOrder(opusOf(bursts(1)), 0);
    const comeAndGo = async () => {
      const stream = own.open({ channels: 1, onFrames: () => undefined });
      for (const { at, payload } of packets) stream.push({ positionSamples: at, payload });
      await stream.finish(SAMPLE_RATE);
      stream.close();
    };
    const inGroups = async (groups: number) => {
      for (let group = 0; group < groups; group += 1)
        await Promise.all(Array.from({ length: 10 }, comeAndGo));
    };
    await inGroups(10);
    const before = mebibytes();
    await inGroups(40);
    expect(mebibytes() - before).toBeLessThan(25);
    await own.close();
  });

  test('[AUD10] a worker knows nothing of our environment', () => {
    for (const pid of pool.pids) {
      const names = readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .map((line) => line.split('=')[0]);
      const others = names.filter((name) => name && !name.startsWith('NODE_CHANNEL'));
      // A setting of the allocator.
      expect(others).toEqual(['MALLOC_MMAP_THRESHOLD_']);
    }
  });

  test('without anybody to listen to there is nothing that has to be done again and again', async () => {
    const clock = new ManualClock();
    const own = new AudioPool({ log: silentLog, clock, size: 1 });
    await own.start();
    expect(clock.pending).toBe(0);
    const stream = own.open({ channels: 1, onFrames: () => undefined });
    expect(clock.pending).toBe(1);
    stream.close();
    await vi.waitUntil(() => {
      clock.advance(FLUSH_INTERVAL_MS);
      return clock.pending === 0;
    });
    await own.close();
  });

  test('a closed pool does not wait for a worker that hangs', async () => {
    const clock = new ManualClock();
    const fragile = new AudioPool({ log: silentLog, clock, size: 1 });
    await fragile.start();
    for (const pid of fragile.pids) process.kill(pid, 'SIGSTOP');
    const closed = fragile.close();
    clock.advance(END_WITHIN_MS);
    await closed;
    expect(clock.pending).toBe(0);
  });
});
