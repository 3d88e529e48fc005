import { describe, expect, test } from 'vitest';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { type CapturedPicture, longestFreezeMs, picturesOf } from './captured-pictures.ts';
import { burstErrors } from './captured-sound.ts';
import { blackouts, burstLoss, randomLoss, seeded, type Weather } from './hop.ts';
import type { Sender } from './sender.ts';
import { CALM, type Simulated, simulate } from './simulation.ts';

const SECONDS = 40;
const SECONDS_TO_HEAR = [20, 24, 28, 32, 37];
/** Until then the reports are of the arrival, and what they change is slewed [D4]. */
const SETTLED_S = 10;

const start = new ManualClock().nowMs();
const weathers: [string, (random: () => number) => Weather][] = [
  ['calm', () => CALM],
  ['1 % lost', (random) => ({ ...CALM, loses: randomLoss(0.01, random) })],
  ['5 % lost', (random) => ({ ...CALM, loses: randomLoss(0.05, random) })],
  ['10 % lost', (random) => ({ ...CALM, loses: randomLoss(0.1, random) })],
  ['3 % lost, in bursts of 8', (random) => ({ ...CALM, loses: burstLoss(0.03, 8, random) })],
  ['reordered by up to 60 ms', () => ({ delayMs: 5, jitterMs: 60 })],
  ['5 % duplicated', () => ({ ...CALM, duplicated: 0.05 })],
  ['black for 500 ms every 7 s', () => ({ ...CALM, loses: blackouts(start, 7000, 500) })],
];

/** How far each picture is shown from its capture, once the clock has settled. */
function pictureErrors(pictures: readonly CapturedPicture[], sender: Sender): number[] {
  return pictures.flatMap(({ atMs, content }) =>
    typeof content === 'number' && content > SETTLED_S * 30 ? [atMs - sender.pictureMs(content)] : [],
  );
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.map(Math.abs).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function notedAsLost({ entry }: Simulated, onHop?: string): number {
  const losses = entry.losses.filter(({ hop }) => onHop === undefined || hop === onHop);
  return losses.reduce((sum, { packets }) => sum + packets, 0);
}

async function inspect(outcome: Simulated) {
  const pictures = await picturesOf(outcome);
  const shown = pictures.filter(({ content }) => typeof content === 'number');
  return {
    garbage: pictures.filter(({ content }) => content === 'garbage'),
    distinct: new Set(shown.map(({ content }) => content)).size,
    shown: shown.length,
    freezeMs: longestFreezeMs(pictures),
    pictureErrorMs: percentile(pictureErrors(pictures, outcome.sender), 0.95),
    soundErrorMs: percentile(burstErrors(outcome, outcome.sender, SECONDS_TO_HEAR), 1),
  };
}

describe('[DMG1] damage on the way from the SFU is repaired, and bounded where it is not', () => {
  test.each(weathers)('%s', async (name, weather) => {
    const outcome = await simulate({ seconds: SECONDS, lastHop: weather(seeded(7)) });
    const { distinct, freezeMs, garbage, pictureErrorMs, shown, soundErrorMs } = await inspect(outcome);
    console.info(
      `last hop, ${name}: ${outcome.lastHop.dropped} datagrams dropped, ${outcome.sfu.repairs} sent again, ` +
        `${notedAsLost(outcome)} lost; ${shown} of ${SECONDS * 30} pictures, longest freeze ${Math.round(freezeMs)} ms, ` +
        `pictures off by ${pictureErrorMs.toFixed(1)} ms (p95), sound by ${soundErrorMs.toFixed(1)} ms (most)`,
    );
    expect(garbage).toEqual([]);
    expect(distinct).toBe(shown);
    expect(freezeMs).toBeLessThanOrEqual(1000);
    expect(pictureErrorMs).toBeLessThan(10);
    expect(soundErrorMs).toBeLessThan(10);
  });
});

describe('[DMG2] what never reached the SFU is noted packet by packet, and shows as a freeze, not as garbage', () => {
  test.each(weathers)('%s', async (name, weather) => {
    const outcome = await simulate({ seconds: SECONDS, uplink: weather(seeded(7)) });
    const { distinct, freezeMs, garbage, pictureErrorMs, shown } = await inspect(outcome);
    console.info(
      `uplink, ${name}: ${outcome.sfu.lostBefore} packets lost; ${shown} of ${SECONDS * 30} pictures, ` +
        `longest freeze ${Math.round(freezeMs)} ms, pictures off by ${pictureErrorMs.toFixed(1)} ms (p95)`,
    );
    expect(garbage).toEqual([]);
    expect(distinct).toBe(shown);
    expect(notedAsLost(outcome)).toBe(outcome.sfu.lostBefore);
    expect(notedAsLost(outcome, 'last')).toBe(0);
    expect(notedAsLost(outcome, 'uplink')).toBeGreaterThanOrEqual(outcome.sfu.lostBefore * 0.95);
    expect(pictureErrorMs).toBeLessThan(10);
  });
});

test('[STALL4] a packet of sound that never comes costs itself, and nothing of what waits behind it', async () => {
  const isLost = (nowMs: number) => nowMs - start >= 25_000 && nowMs - start < 25_020;
  const uplink = { audio: { ...CALM, loses: isLost }, video: CALM };
  const outcome = await simulate({ seconds: SECONDS, uplink });
  const { gaps, losses } = outcome.entry;
  expect(losses.map(({ kind, packets }) => [kind, packets])).toEqual([['audio', 1]]);
  expect(gaps.filter(({ fromMs }) => fromMs < (SECONDS - 1) * 1000)).toEqual([]);
  // Its second lies right behind: the burst in it is heard, and in its place.
  expect(Math.abs(burstErrors(outcome, outcome.sender, [25])[0] ?? Number.NaN)).toBeLessThan(10);
});

test('[DMG3] darkness beyond what the SFU keeps is a loss of the last hop, and a gap', async () => {
  const lengthMs = 3000;
  const outcome = await simulate({
    seconds: SECONDS,
    lastHop: { ...CALM, loses: blackouts(start, 15_000, lengthMs) },
  });
  const { freezeMs, garbage } = await inspect(outcome);
  const lost = notedAsLost(outcome);
  console.info(
    `last hop, black for 3 s every 15 s: ${lost} packets lost, longest freeze ${Math.round(freezeMs)} ms`,
  );
  expect(garbage).toEqual([]);
  expect(lost).toBeGreaterThan(100);
  expect(notedAsLost(outcome, 'last')).toBeGreaterThan(lost * 0.9);
  expect(freezeMs).toBeLessThanOrEqual(lengthMs + 1000);
  const { gaps, losses } = outcome.entry;
  expect(losses.every(({ fromMs, toMs }) => fromMs >= 0 && toMs >= fromMs)).toBe(true);
  for (const kind of ['audio', 'video'] as const) {
    const ofKind = gaps.filter((gap) => gap.kind === kind && gap.fromMs < (SECONDS - 1) * 1000);
    expect(ofKind.map(({ fromMs }) => Math.round(fromMs / 1000))).toEqual([15, 30]);
    expect(ofKind.every(({ cause }) => cause === 'lost')).toBe(true);
  }
});
