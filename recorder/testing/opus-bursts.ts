import { execFileSync } from 'node:child_process';
import { oggPackets } from '../flv/testing/encoded-media.ts';

const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
export const SAMPLE_RATE = 48_000;
/** Where in its second the burst lies. */
const BURST = { from: 20_000, to: 22_400 };

/** So far from its place it may lie, in samples; and what it exceeds however it was coded. */
const HEARD_WITHIN = 0.3 * SAMPLE_RATE;
const AUDIBLE = 0.1;

/** A second with a burst of noise in it: nothing else correlates with it as sharply. */
export const burstSecond: Float32Array = (() => {
  let state = 99;
  return Float32Array.from({ length: SAMPLE_RATE }, (_, sample) => {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    return sample >= BURST.from && sample < BURST.to ? (state / 2 ** 30 - 1) * 0.5 : 0;
  });
})();

/** Fifty Opus packets of 20 ms that sound like `burstSecond`, to be sent over and over. */
export function opusBursts(): Buffer[] {
  // The encoder's look-ahead of 312 samples shifts the sound, which the recorder takes off: two seconds, the second kept.
  const twice = new Float32Array(3 * SAMPLE_RATE);
  for (const second of [0, 1, 2]) twice.set(burstSecond, second * SAMPLE_RATE);
  const ogg = execFileSync(
    FFMPEG,
    [
      ...['-v', 'error', '-f', 'f32le', '-ar', `${SAMPLE_RATE}`, '-ac', '1', '-i', '-'],
      ...['-c:a', 'libopus', '-application', 'voip', '-b:a', '40k', '-f', 'ogg', '-'],
    ],
    { input: Buffer.from(twice.buffer), maxBuffer: 2 ** 24 },
  );
  return oggPackets(ogg).slice(50, 100);
}

/** How much later than at `expectedSample` the burst's second is heard, in ms; within ±25 ms. */
export function burstErrorMs(heard: Float32Array, expectedSample: number): number {
  const reach = 1200;
  let best = { shift: 0, product: Number.NEGATIVE_INFINITY };
  for (let shift = -reach; shift <= reach; shift += 1) {
    let product = 0;
    const start = Math.round(expectedSample) + shift;
    for (let sample = BURST.from; sample < BURST.to; sample += 1)
      product += (burstSecond[sample] ?? 0) * (heard[start + sample] ?? 0);
    if (product > best.product) best = { shift, product };
  }
  return (best.shift * 1000) / SAMPLE_RATE;
}

/** Whether there is sound about where the burst of the second is that begins at this sample. */
export function isBurstHeard(heard: Float32Array, expectedSample: number): boolean {
  const middle = Math.round(expectedSample) + (BURST.from + BURST.to) / 2;
  const around = heard.subarray(middle - HEARD_WITHIN, middle + HEARD_WITHIN);
  return around.some((sample) => Math.abs(sample) > AUDIBLE);
}
