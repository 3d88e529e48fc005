import { framesOf } from './frames.ts';
import { samplesOf } from './sound.ts';

/** White is 235 and black 16 in coded pictures; a moving mark makes little difference to the mean. */
const BRIGHT = 128;
/** Half of a beep of amplitude 0.5, reached within a fifth of a millisecond at 1 kHz. */
const LOUD = 0.25;
/** A beep is a run of loud samples; its own zero crossings are no end of it. */
const QUIET_MS = 200;

/** When the picture turns bright, in the file's milliseconds. */
export async function flashesIn(file: string): Promise<number[]> {
  const frames = await framesOf(file, 8, 8);
  const bright = frames.map(({ luma }) => luma.reduce((sum, value) => sum + value, 0) / luma.length > BRIGHT);
  return frames.flatMap(({ atMs }, at) => (at > 0 && bright[at] && !bright[at - 1] ? [atMs] : []));
}

/** When a beep sets in, in the file's milliseconds. */
export async function beepsIn(file: string): Promise<number[]> {
  const { samples, sampleRate } = await samplesOf(file);
  const onsets: number[] = [];
  let lastLoudMs = Number.NEGATIVE_INFINITY;
  for (const [index, sample] of samples.entries()) {
    if (Math.abs(sample) < LOUD) continue;
    const atMs = (index * 1000) / sampleRate;
    if (atMs - lastLoudMs > QUIET_MS) onsets.push(atMs);
    lastLoudMs = atMs;
  }
  return onsets;
}
