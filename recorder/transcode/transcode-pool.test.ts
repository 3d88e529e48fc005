import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../service/clock.ts';
import { silentLog } from '../../service/log.ts';
import { ManualClock } from '../../service/manual-clock.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import { parseSps } from '../depacketize/sps.ts';
import { parseVp8FrameHeader } from '../depacketize/vp8-frame-header.ts';
import { KEYFRAME_EVERY, VP8_PICTURE_SIZE, Vp8Camera } from '../torture/vp8-camera.ts';
import type { PictureTranscoder } from './picture-transcoder.ts';
import { FLUSH_MS, HANG_MS, IDLE_PLACE_MS, MAX_LAG_MS, MAX_PENDING_PICTURES } from './stream-transcoder.ts';
import { TranscodePool } from './transcode-pool.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const FRAME_MS = 100 / 3;
const ODD = { width: 68, height: 36 };
const small = new Vp8Camera({ pictures: 3 * KEYFRAME_EVERY });
const wide = new Vp8Camera({ pictures: KEYFRAME_EVERY, size: ODD });

let clock: ManualClock;
let pool: TranscodePool;

beforeEach(() => {
  clock = new ManualClock();
  pool = openPool();
});

afterEach(() => pool.close());

function openPool(changes: { ffmpeg?: string; max?: number } = {}): TranscodePool {
  return new TranscodePool({ ffmpeg: FFMPEG, max: 1, clock, log: silentLog, ...changes });
}

/** A stream of the pool, what came out of it, and what it said is missing. */
function openStream(from = pool) {
  const units: { unit: AccessUnit; captureMs: number }[] = [];
  const interruptions: [cause: string, fromMs: number][] = [];
  const transcoder = from.open({
    unit: (unit, captureMs) => units.push({ unit, captureMs }),
    interrupted: (cause, fromMs) => interruptions.push([cause, fromMs]),
  });
  return { transcoder, units, interruptions };
}

/** Picture `number` of a camera, captured and stamped by its number. */
function push(transcoder: PictureTranscoder, number: number, { frames } = small, index = number): void {
  const data = frames[index];
  if (!data) throw new RangeError(`no picture ${index}`);
  const captureMs = number * FRAME_MS;
  const frame = { ...parseVp8FrameHeader(data), data, timestamp: number * 3000, arrivalMs: captureMs + 5 };
  transcoder.push(frame, captureMs);
}

function pushAll(transcoder: PictureTranscoder, from: number, to: number): void {
  for (let number = from; number < to; number += 1) push(transcoder, number);
}

const idle = () => vi.waitUntil(() => pool.stats().pending === 0, { interval: 5 });
const onlyPid = () => pool.pids[0] ?? Number.NaN;
const untilGone = (pid: number) => vi.waitUntil(() => !pool.pids.includes(pid), { interval: 5 });

describe('[CONV3] pictures come out as they went in', () => {
  test('each with its own times, keyframes as keyframes', async () => {
    const { interruptions, transcoder, units } = openStream();
    expect(transcoder.needsKeyframe).toBe(true);
    pushAll(transcoder, 0, 3 * KEYFRAME_EVERY);
    await idle();
    expect(units.map(({ captureMs }) => captureMs)).toEqual(small.frames.map((_, at) => at * FRAME_MS));
    expect(units.map(({ unit }) => unit.timestamp)).toEqual(small.frames.map((_, at) => at * 3000));
    expect(units.map(({ unit }) => unit.keyframe)).toEqual(
      small.frames.map((_, at) => at % KEYFRAME_EVERY === 0),
    );
    expect(units[1]?.unit.arrivalMs).toBe(FRAME_MS + 5);
    expect(parseSps(units[0]?.unit.sps ?? Buffer.alloc(0))).toMatchObject({
      ...VP8_PICTURE_SIZE,
      profile: 66,
    });
    expect(interruptions).toEqual([]);
  });

  test('of other sizes, in their order, odd sides made even', async () => {
    const odd = Buffer.from(wide.frames[0] ?? []);
    // The header says so; what lies beyond the edge is cut off by the decoder.
    odd.writeUInt16LE(ODD.width - 1, 6);
    const { transcoder, units } = openStream();
    pushAll(transcoder, 0, 5);
    clock.advance(600);
    transcoder.push({ ...parseVp8FrameHeader(odd), data: odd, timestamp: 15_000, arrivalMs: 0 }, 1000);
    for (let number = 31; number < 35; number += 1) push(transcoder, number, wide, number - 30);
    await vi.waitUntil(() => units.length === 10);
    const widths = units.map(({ unit }) => parseSps(unit.sps).width);
    expect(widths).toEqual([...Array(5).fill(64), ...Array(5).fill(68)]);
    expect(units[5]?.unit.keyframe).toBe(true);
    expect(pool.pids).toHaveLength(1);
  });

  test('a size that changes all the time is followed twice a second', () => {
    const { interruptions, transcoder } = openStream();
    push(transcoder, 0);
    for (let number = 1; number < 50; number += 1) push(transcoder, number, number % 2 ? wide : small, 0);
    expect(pool.pids).toHaveLength(1);
    expect(interruptions[0]).toEqual(['transcoder-slow', FRAME_MS]);
  });
});

describe('[CONV4] places', () => {
  test('who finds none waits, is told, and gets the next one that is free, in order', async () => {
    const [first, second, third] = [openStream(), openStream(), openStream()];
    for (const { transcoder } of [first, second, third]) push(transcoder, 0);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 2 });
    expect([first, second, third].map(({ transcoder }) => transcoder.problem)).toEqual([
      undefined,
      'transcodes-full',
      'transcodes-full',
    ]);
    expect(second.interruptions).toEqual([['transcodes-full', 0]]);
    expect(second.transcoder.needsKeyframe).toBe(false);
    await first.transcoder.rest();
    expect(first.units).toHaveLength(1);
    expect(second.transcoder).toMatchObject({ problem: undefined, needsKeyframe: true });
    expect(third.transcoder.problem).toBe('transcodes-full');
    push(second.transcoder, KEYFRAME_EVERY);
    await idle();
    expect(second.units).toMatchObject([{ captureMs: KEYFRAME_EVERY * FRAME_MS }]);
    third.transcoder.close();
    second.transcoder.close();
    expect(pool.stats()).toMatchObject({ running: 0, waiting: 0 });
    push(first.transcoder, 2 * KEYFRAME_EVERY);
    expect(first.transcoder.problem).toBeUndefined();
  });

  test('are taken with a keyframe: pictures that refer to others take none', () => {
    const { transcoder } = openStream();
    push(transcoder, 1);
    expect(pool.stats()).toMatchObject({ running: 0, waiting: 0 });
    expect(transcoder.needsKeyframe).toBe(true);
    push(transcoder, KEYFRAME_EVERY);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 0 });
  });

  test('go on from who has fallen silent to who waits, and are kept while nobody does', async () => {
    const [first, second] = [openStream(), openStream()];
    push(first.transcoder, 0);
    await idle();
    clock.advance(2 * IDLE_PLACE_MS);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 0 });
    push(second.transcoder, 0);
    clock.advance(1000);
    expect(second.transcoder.problem).toBeUndefined();
    push(first.transcoder, 1);
    expect(pool.stats()).toMatchObject({ running: 1, waiting: 0 });
    push(first.transcoder, KEYFRAME_EVERY);
    expect(first.transcoder.problem).toBe('transcodes-full');
  });

  test('go on from pictures of which nothing comes out to who waits', async () => {
    const [junk, honest] = [openStream(), openStream()];
    // Its header says that there is more than there is: no decoder makes a picture of it.
    const whole = Buffer.from(small.frames[0] ?? []);
    const data = whole.subarray(0, 12);
    const pushJunk = () =>
      junk.transcoder.push({ ...parseVp8FrameHeader(whole), data, timestamp: 0, arrivalMs: 0 }, 0);
    pushJunk();
    push(honest.transcoder, 0);
    expect(honest.transcoder.problem).toBe('transcodes-full');
    for (let death = 1; death <= 3; death += 1) {
      const pid = onlyPid();
      clock.advance(HANG_MS);
      await untilGone(pid);
      clock.advance(1000);
      if (death < 3) pushJunk();
    }
    expect(honest.transcoder.problem).toBeUndefined();
    push(honest.transcoder, KEYFRAME_EVERY);
    await vi.waitUntil(() => honest.units.length === 1);
  });

  test('with none at all nothing is converted', () => {
    pool.close();
    pool = openPool({ max: 0 });
    const { transcoder } = openStream();
    push(transcoder, 0);
    expect(transcoder.problem).toBe('transcodes-full');
    expect(pool.pids).toEqual([]);
  });
});

describe('[CONV5] a child that dies', () => {
  test('is replaced with the next keyframe, and what is missing is told', async () => {
    const { interruptions, transcoder, units } = openStream();
    pushAll(transcoder, 0, 10);
    await idle();
    const pid = onlyPid();
    process.kill(pid, 'SIGSTOP');
    pushAll(transcoder, 10, 12);
    process.kill(pid, 'SIGKILL');
    await untilGone(pid);
    expect(transcoder.needsKeyframe).toBe(true);
    pushAll(transcoder, 12, 20);
    await idle();
    expect(interruptions[0]).toEqual(['transcoder-lost', 10 * FRAME_MS]);
    expect(units.map(({ captureMs }) => Math.round(captureMs / FRAME_MS))).toEqual([
      ...Array.from({ length: 10 }, (_, at) => at),
      ...Array.from({ length: 5 }, (_, at) => KEYFRAME_EVERY + at),
    ]);
    expect(pool.stats()).toMatchObject({ deaths: 1, lost: 2, dropped: 3 });
  });

  test('again and again waits longer and longer, and is told as broken', async () => {
    pool.close();
    pool = openPool({ ffmpeg: '/nowhere/ffmpeg' });
    const { transcoder, units } = openStream();
    const waitsMs: number[] = [];
    for (let death = 1; death <= 9; death += 1) {
      push(transcoder, 0);
      await vi.waitUntil(() => pool.stats().deaths === death);
      expect(transcoder.problem).toBe(death < 3 ? undefined : 'ffmpeg-broken');
      const fromMs = clock.nowMs();
      while (!transcoder.needsKeyframe) clock.advance(500);
      waitsMs.push(clock.nowMs() - fromMs);
    }
    expect(waitsMs).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(units).toEqual([]);
  });
});

describe('[CONV6] a child that does not keep up', () => {
  test('gets nothing more up to a keyframe, and what waits for it is bounded', async () => {
    const { interruptions, transcoder, units } = openStream();
    push(transcoder, 0);
    await idle();
    process.kill(onlyPid(), 'SIGSTOP');
    pushAll(transcoder, 1, 5);
    clock.advance(MAX_LAG_MS);
    pushAll(transcoder, 5, 20);
    expect(transcoder.needsKeyframe).toBe(false);
    expect(pool.stats()).toMatchObject({ pending: 4, dropped: 15 });
    process.kill(onlyPid(), 'SIGCONT');
    await idle();
    expect(transcoder.needsKeyframe).toBe(true);
    pushAll(transcoder, 20, 2 * KEYFRAME_EVERY + 3);
    await idle();
    expect(interruptions[0]).toEqual(['transcoder-slow', 5 * FRAME_MS]);
    const numbers = units.map(({ captureMs }) => Math.round(captureMs / FRAME_MS));
    expect(numbers).toEqual([0, 1, 2, 3, 4, 30, 31, 32]);
    expect(pool.pids).toHaveLength(1);
  });

  test('is given a bounded number of pictures, however quickly they come', () => {
    const { transcoder } = openStream();
    for (let i = 0; i < 3 * MAX_PENDING_PICTURES; i += 1) push(transcoder, i, small, 0);
    expect(pool.stats()).toMatchObject({ pending: MAX_PENDING_PICTURES, dropped: 2 * MAX_PENDING_PICTURES });
  });

  test('and hangs is killed and replaced', async () => {
    const { transcoder, units } = openStream();
    push(transcoder, 0);
    await idle();
    const pid = onlyPid();
    process.kill(pid, 'SIGSTOP');
    push(transcoder, 1);
    clock.advance(HANG_MS + 250);
    await untilGone(pid);
    push(transcoder, KEYFRAME_EVERY);
    await idle();
    expect(units).toHaveLength(2);
    expect(onlyPid()).not.toBe(pid);
  });
});

describe('[CONV7] what is in a child at a Stop', () => {
  test('comes out', async () => {
    const { interruptions, transcoder, units } = openStream();
    push(transcoder, 0);
    await idle();
    const tookMs: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      push(transcoder, round * KEYFRAME_EVERY, small, 0);
      await idle();
      for (let more = 1; more < 4; more += 1) push(transcoder, round * KEYFRAME_EVERY + more, small, more);
      const fromMs = systemClock.nowMs();
      await transcoder.rest();
      tookMs.push(systemClock.nowMs() - fromMs);
    }
    const median = tookMs.toSorted((a, b) => a - b)[4] ?? Number.NaN;
    console.info(`a child with three small pictures in it ends within ${median.toFixed(0)} ms (median)`);
    expect(units).toHaveLength(1 + 9 * 4);
    expect(interruptions).toEqual([]);
    expect(pool.pids).toEqual([]);
  });

  test('is cut when it takes too long, and told', async () => {
    const { interruptions, transcoder } = openStream();
    push(transcoder, 0);
    await idle();
    process.kill(onlyPid(), 'SIGSTOP');
    pushAll(transcoder, 1, 4);
    const resting = transcoder.rest();
    clock.advance(FLUSH_MS);
    await resting;
    expect(interruptions).toEqual([['transcoder-lost', FRAME_MS]]);
    expect(pool.stats()).toMatchObject({ lost: 3, deaths: 0, running: 0 });
  });
});

describe('[CONV8] a child', () => {
  test('knows nothing of us, and comes last', async () => {
    vi.stubEnv('RECORDER_TOKEN', 'a secret');
    push(openStream().transcoder, 0);
    await idle();
    expect(getPriority(onlyPid())).toBe(10);
    expect(readFileSync(`/proc/${onlyPid()}/environ`, 'utf8')).not.toContain('RECORDER_TOKEN');
    vi.unstubAllEnvs();
  });

  test('ends with its recorder, even with a killed one', async () => {
    const entry = new URL('./fixtures/doomed-recorder.ts', import.meta.url);
    const recorder = spawn(process.execPath, [entry.pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
    recorder.stdin.end(small.frames[0]);
    const [line] = await once(recorder.stdout, 'data');
    const pid = Number(line);
    expect(getPriority(pid)).toBe(10);
    recorder.kill('SIGKILL');
    await vi.waitUntil(() => !isRunning(pid), { interval: 5 });
  });
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
