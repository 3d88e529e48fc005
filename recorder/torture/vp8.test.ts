import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../service/manual-clock.ts';
import { type CapturedPicture, longestFreezeMs, picturesOf } from './captured-pictures.ts';
import { blackouts, randomLoss, seeded, type Weather } from './hop.ts';
import { CALM, type Simulated, simulate } from './simulation.ts';
import { VP8_NUMBERS, VP8_PICTURE_SIZE, Vp8Camera, vp8NumberOf } from './vp8-camera.ts';

const SECONDS = 30;
/** Until then the reports are of the arrival, and what they change is slewed (design D4). */
const SETTLED_PICTURES = 300;
const startMs = new ManualClock().nowMs();
const camera = new Vp8Camera({ pictures: (SECONDS + 5) * 30 });
const code = { size: VP8_PICTURE_SIZE, numberOf: vp8NumberOf };
expect((SECONDS + 5) * 30).toBeLessThan(VP8_NUMBERS);

function p95(values: readonly number[]): number {
  return values.map(Math.abs).toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? Number.NaN;
}

async function inspect(outcome: Simulated) {
  const pictures = await picturesOf(outcome, code);
  const shown = pictures.filter(
    (picture): picture is CapturedPicture & { content: number } => typeof picture.content === 'number',
  );
  const settled = shown.filter(({ content }) => content > SETTLED_PICTURES);
  return {
    pictures,
    shown,
    garbage: pictures.filter(({ content }) => content === 'garbage'),
    errorMs: p95(settled.map(({ atMs, content }) => atMs - outcome.sender.pictureMs(content))),
    gaps: outcome.entry.gaps.filter(({ fromMs }) => fromMs < (SECONDS - 1) * 1000),
  };
}

describe('[VP89] VP8 through an ffmpeg child: no picture is garbage, each in its place', () => {
  test.each<[string, Weather, Weather]>([
    ['calm', CALM, CALM],
    ['reordered by up to 60 ms', CALM, { delayMs: 5, jitterMs: 60 }],
    ['5 % lost on the last hop', CALM, { ...CALM, loses: randomLoss(0.05, seeded(7)) }],
    ['2 % lost on the uplink', { ...CALM, loses: randomLoss(0.02, seeded(7)) }, CALM],
    ['black for 500 ms every 7 s', { ...CALM, loses: blackouts(startMs, 7000, 500) }, CALM],
  ])('%s', { timeout: 60_000 }, async (name, uplink, lastHop) => {
    const outcome = await simulate({ seconds: SECONDS, vp8Camera: camera, uplink, lastHop });
    const { errorMs, garbage, pictures, shown } = await inspect(outcome);
    console.info(
      `VP8, ${name}: ${shown.length} of ${SECONDS * 30} pictures, longest freeze ` +
        `${Math.round(longestFreezeMs(pictures))} ms, pictures off by ${errorMs.toFixed(1)} ms (p95)`,
    );
    expect(garbage).toEqual([]);
    expect(new Set(shown.map(({ content }) => content)).size).toBe(shown.length);
    expect(errorMs).toBeLessThan(10);
    if (uplink === CALM) expect(shown.length).toBeGreaterThan(SECONDS * 30 * 0.97);
  });
});
