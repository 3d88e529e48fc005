import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '#service/log.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { opusBursts } from '../testing/opus-bursts.ts';
import { AacEncoder } from './aac-encoder.ts';
import { AudioPool, BATCH_MS } from './audio-pool.ts';
import type { SoundFrame } from './audio-transcoder.ts';
import { OpusDecoder } from './opus-decoder.ts';
import { SILENT_FRAMES, silentFramesBefore } from './silent-frames.ts';
import { StreamTranscoder } from './stream-transcoder.ts';

const PACKET = 960;
const PER_BATCH = (BATCH_MS * 48_000) / 1000;
const SECOND = 48_000;

let clock: ManualClock;
let pool: AudioPool;
beforeEach(async () => {
  clock = new ManualClock();
  pool = new AudioPool({ log: silentLog, clock, size: 1 });
  await pool.start();
});
afterEach(() => pool.close());

function open() {
  const frames: SoundFrame[] = [];
  return { frames, ...pool.open({ channels: 1, onFrames: (more) => frames.push(...more) }) };
}

test('[AUD5] of whoever is silent nothing goes to a worker, and every frame is there', async () => {
  const people = Array.from({ length: 5 }, open);
  for (let at = 0; at <= 10 * SECOND; at += PER_BATCH) {
    for (const { advance } of people) advance(at);
    clock.advance(BATCH_MS);
  }
  expect(pool.stats().batches).toBe(0);
  for (const { frames } of people) {
    expect(frames).toHaveLength(silentFramesBefore(10 * SECOND));
    expect(frames.every(({ data, index }, at) => data === SILENT_FRAMES[1] && index === at)).toBe(true);
  }
  await Promise.all(people.map(({ finish }) => finish(10 * SECOND)));
  expect(people.map(({ frames }) => frames.length)).toEqual(
    people.map(() => Math.ceil((10 * SECOND) / 1024)),
  );
});

test('[AUD5] sound after a silence that no worker made is, byte by byte, what it would have been', async () => {
  const packets = opusBursts().slice(0, 50);
  const encoder = new AacEncoder(1);
  const whole = new StreamTranscoder({
    ...{ channels: 1, decoder: await OpusDecoder.open(1), encoder },
    ...{ silentFrame: SILENT_FRAMES[1], firstFrame: 0 },
  });
  const expected: SoundFrame[] = [];
  const { advance, finish, frames, push } = open();
  /** In steps of a batch, each of which is answered before the next one. */
  const listen = async (from: number, to: number, payloads: readonly Buffer[]): Promise<void> => {
    for (let at = from; at < to; at += PER_BATCH) {
      const first = (at - from) / PACKET;
      payloads.slice(first, first + PER_BATCH / PACKET).forEach((payload, index) => {
        const positionSamples = at + index * PACKET;
        push({ positionSamples, payload });
        expected.push(...whole.push(positionSamples, payload));
      });
      advance(at + PER_BATCH);
      expected.push(...whole.advance(at + PER_BATCH));
      clock.advance(BATCH_MS);
      await vi.waitUntil(() => frames.length >= expected.length);
    }
  };
  await listen(0, SECOND, packets);
  await listen(SECOND, 2 * SECOND, []);
  const before = pool.stats().batches;
  await listen(2 * SECOND, 5 * SECOND, []);
  expect(pool.stats().batches).toBe(before);
  await listen(5 * SECOND, 6 * SECOND, packets);
  await listen(6 * SECOND, 7 * SECOND, []);
  // Less than a second of silence, at no round sample.
  await listen(7 * SECOND + 7 * PACKET, 8 * SECOND + 7 * PACKET, packets);
  expected.push(...whole.finish(9 * SECOND));
  await finish(9 * SECOND);
  expect(frames).toEqual(expected);
  encoder[Symbol.dispose]();
});
