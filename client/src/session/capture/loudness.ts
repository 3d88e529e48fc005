/** Quieter than this is silence; speech close to a microphone reaches the other one. In decibels of full scale. */
const SILENCE_DB = -55;
const LOUD_DB = -15;
/** Levels that are told apart: fewer than the eye could see, so that a page is not drawn anew for nothing. */
const STEPS = 10;

/** How loud these samples (-1 to 1) are, in steps from 0 to 1: even to the ear, which hears in decibels. */
export function loudnessOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const db = 10 * Math.log10(sum / Math.max(1, samples.length));
  const level = (db - SILENCE_DB) / (LOUD_DB - SILENCE_DB);
  return Math.round(STEPS * Math.min(1, Math.max(0, level))) / STEPS;
}
