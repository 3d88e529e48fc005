import { describe, expect, test } from 'vitest';
import { IMPLAUSIBLE_MS, STALL_MS, StreamClock } from './stream-clock.ts';

const START_MS = 1_790_000_000_000;
const RATE = 90_000;
const FRAME_MS = 1000 / 30;

/** xorshift32: the same noise in every run. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

interface Sender {
  seconds: number;
  driftPpm?: number;
  firstTicks?: number;
  /** Arrival minus capture. */
  delayMs?: (random: () => number) => number;
  reportErrorMs?: (report: number, random: () => number) => number;
  /** Wall time lost between two frames at this second. */
  stall?: { atSecond: number; ms: number };
}

/** Errors of the mapping against the exact capture instants, second by second. */
function play(sender: Sender) {
  const random = noise(7);
  const clock = new StreamClock({ clockRate: RATE });
  const errors: { second: number; errorMs: number }[] = [];
  const rate = 1 + (sender.driftPpm ?? 0) / 1e6;
  const firstTicks = sender.firstTicks ?? 5_000_000_000;
  let lastMs = Number.NEGATIVE_INFINITY;
  let nextReportMs = 400;
  let reports = 0;
  for (let mediaMs = 0; mediaMs < sender.seconds * 1000; mediaMs += FRAME_MS) {
    const stalled = sender.stall && mediaMs >= sender.stall.atSecond * 1000 ? sender.stall.ms : 0;
    const captureMs = START_MS + mediaMs + stalled;
    const ticks = firstTicks + Math.round((mediaMs * rate * RATE) / 1000);
    clock.onPacket(ticks, captureMs + (sender.delayMs?.(random) ?? 30));
    const mappedMs = clock.toWallMs(ticks);
    expect(mappedMs).toBeGreaterThan(lastMs);
    lastMs = mappedMs;
    errors.push({ second: mediaMs / 1000, errorMs: mappedMs - captureMs });
    if (mediaMs < nextReportMs) continue;
    nextReportMs += 1200;
    const ntpMs = captureMs + (sender.reportErrorMs?.(reports, random) ?? 0);
    reports += 1;
    const rtpTicks = clock.widenTimestamp(ticks % 2 ** 32);
    expect(rtpTicks).toBe(ticks);
    clock.onSenderReport({ ntpMs, rtpTicks: rtpTicks as number });
  }
  return { clock, errors };
}

function p95(errors: { errorMs: number }[]): number {
  const sorted = errors.map(({ errorMs }) => Math.abs(errorMs)).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] as number;
}

const jittered = (_: number, random: () => number) => random() * 10 - 5;

describe('StreamClock', () => {
  test('[CLOCK1] before any report the nominal rate holds, from the arrival of the first packet', () => {
    const clock = new StreamClock({ clockRate: 48_000 });
    clock.setArrivalOffset(1000);
    clock.onPacket(96_000, START_MS);
    expect(clock.toWallMs(96_000)).toBe(START_MS + 1000);
    expect(clock.toWallMs(96_960)).toBe(START_MS + 1020);
    expect(clock.stats()).toBeUndefined();
  });

  test('[CLOCK2] reports off by ±5 ms map to capture within 10 ms (p95), at ±500 ppm and with jittery arrival', () => {
    for (const driftPpm of [-500, -200, 0, 200, 500]) {
      const { clock, errors } = play({
        seconds: 1200,
        driftPpm,
        delayMs: (random) => 20 + 60 * random() ** 4,
        reportErrorMs: jittered,
      });
      const errorMs = p95(errors);
      console.info(`sync error at ${driftPpm} ppm: p95 ${errorMs.toFixed(2)} ms`);
      expect(errorMs).toBeLessThan(10);
      expect(Math.abs((clock.stats()?.driftPpm ?? 0) - driftPpm)).toBeLessThan(150);
    }
  });

  test('[CLOCK3] 300 ms of uplink delay are gone within the first seconds of reports', () => {
    const { errors } = play({ seconds: 60, delayMs: () => 300, reportErrorMs: jittered });
    expect(errors[0]?.errorMs).toBe(300);
    expect(p95(errors.filter(({ second }) => second > 25))).toBeLessThan(10);
  });

  test('[CLOCK4] the first three reports are provisional: a step of 19 ms after them is slewed, never backwards', () => {
    const { errors } = play({
      seconds: 60,
      reportErrorMs: (report, random) => (report < 3 ? 19 : 0) + jittered(report, random),
    });
    expect(p95(errors.filter(({ second }) => second > 20))).toBeLessThan(10);
  });

  test('[CLOCK5] a stall of the sender becomes a gap, once two reports agree on it', () => {
    const { errors } = play({ seconds: 120, stall: { atSecond: 60, ms: 18_000 - IMPLAUSIBLE_MS - 9000 } });
    expect(p95(errors.filter(({ second }) => second > 64))).toBeLessThan(10);
    const { errors: single } = play({
      seconds: 60,
      reportErrorMs: (report) => (report === 20 ? STALL_MS * 5 : 0),
    });
    expect(p95(single.filter(({ second }) => second > 20))).toBeLessThan(10);
  });

  test('[CLOCK6] timestamps wrap and run for 24 hours without a step', () => {
    const { errors } = play({ seconds: 60, firstTicks: 2 ** 33 - RATE * 30, reportErrorMs: jittered });
    expect(p95(errors.filter(({ second }) => second > 20))).toBeLessThan(10);
    const clock = new StreamClock({ clockRate: RATE });
    for (let second = 0; second <= 86_400; second += 1)
      clock.onPacket(2 ** 32 + second * RATE, START_MS + second * 1000);
    expect(clock.toWallMs(2 ** 32 + 86_400 * RATE)).toBe(START_MS + 86_400_000);
  });

  test('[CLOCK7] timestamps that jump begin a new line at their arrival', () => {
    const clock = new StreamClock({ clockRate: RATE });
    clock.onPacket(1000, START_MS);
    clock.onPacket(1000 + RATE * 3600, START_MS + 33);
    expect(clock.toWallMs(1000 + RATE * 3600)).toBe(START_MS + 33);
  });
});
