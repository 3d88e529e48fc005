import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { parseSps } from '../depacketize/sps.ts';
import { parseVp8FrameHeader } from '../depacketize/vp8-frame-header.ts';
import { KEYFRAME_EVERY, VP8_PICTURE_SIZE, Vp8Camera } from '../testing/vp8-camera.ts';
import { HANG_MS } from './ffmpeg-child.ts';
import type { PictureTranscoder } from './picture-transcoder.ts';
import { FLUSH_MS, MAX_LAG_MS, MAX_PENDING_PICTURES } from './stream-transcoder.ts';
import { FRAME_MS, openPool, openStream as openStreamOf, push, small } from './testing/pool-bench.ts';
import type { TranscodePool } from './transcode-pool.ts';

const ODD = { width: 68, height: 36 };
const wide = new Vp8Camera({ pictures: KEYFRAME_EVERY, size: ODD });

let clock: ManualClock;
let pool: TranscodePool;

beforeEach(() => {
  clock = new ManualClock();
  pool = openPool(clock);
});

afterEach(() => pool.close());

const openStream = (from = pool) => openStreamOf(from);

function pushAll(transcoder: PictureTranscoder, from: number, to: number): void {
  for (let number = from; number < to; number += 1) push(transcoder, number);
}

const idle = () => vi.waitUntil(() => pool.stats().pending === 0, { interval: 5 });
const onlyPid = () => pool.pids[0] ?? Number.NaN;
/** A child is given up for getting nowhere, not for time that passes while it, or the signal, has no turn. */
const untilHung = (pid: number) =>
  vi.waitUntil(
    () => {
      clock.advance(250);
      return !pool.pids.includes(pid);
    },
    { interval: 5 },
  );
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
    pool = openPool(clock, { ffmpeg: '/nowhere/ffmpeg' });
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
    await untilHung(pid);
    push(transcoder, KEYFRAME_EVERY);
    await idle();
    expect(units).toHaveLength(2);
    expect(onlyPid()).not.toBe(pid);
  });
});

test('[CONV6] a child that would run, and has no turn, is not killed for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-'));
  const ffmpeg = join(folder, 'busy');
  await writeFile(ffmpeg, '#!/bin/sh\nwhile :; do :; done\n', { mode: 0o700 });
  pool.close();
  pool = openPool(clock, { ffmpeg });
  push(openStream().transcoder, 0);
  const pid = onlyPid();
  // It begins as a program that lowers itself to the limits of the one that it becomes.
  await vi.waitUntil(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('/bin/sh\0'), {
    interval: 5,
  });
  clock.advance(20 * HANG_MS);
  expect(pool.pids).toEqual([pid]);
  await rm(folder, { recursive: true });
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
    expect(getPriority(onlyPid())).toBe(Math.min(19, getPriority() + 10));
    expect(readFileSync(`/proc/${onlyPid()}/environ`, 'utf8')).not.toContain('RECORDER_TOKEN');
    vi.unstubAllEnvs();
  });

  test('ends with its recorder, even with a killed one', async () => {
    const entry = new URL('./testing/doomed-recorder.ts', import.meta.url);
    const recorder = spawn(process.execPath, [entry.pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
    recorder.stdin.end(small.frames[0]);
    const [line] = await once(recorder.stdout, 'data');
    const pid = Number(line);
    expect(getPriority(pid)).toBe(Math.min(19, getPriority() + 10));
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
