/** Apart by a semitone and more, none a low harmonic of another. */
export const TONES_HZ = [443, 557, 683, 821, 977, 1151, 1361, 1601, 1873, 2179];

/** The frequency by which a person's microphone is known. Owners 10 and up have none. */
export function toneOf(owner: number): number {
  const tone = TONES_HZ[owner];
  if (tone === undefined) throw new RangeError(`no tone for owner ${owner}`);
  return tone;
}

/**
 * Amplitude (0 to 1) of a frequency in PCM samples of -1 to 1: Goertzel's algorithm under a Hann window, which hides
 * tones that lie more than a few cycles per window away.
 */
export function amplitudeOf(samples: Float32Array, frequencyHz: number, sampleRate: number): number {
  const count = samples.length;
  const step = (2 * Math.PI) / count;
  const coefficient = 2 * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
  let before = 0;
  let last = 0;
  for (let i = 0; i < count; i += 1) {
    const window = (1 - Math.cos(step * i)) / 2;
    const next = (samples[i] ?? 0) * window + coefficient * last - before;
    before = last;
    last = next;
  }
  const power = last * last + before * before - coefficient * last * before;
  // A Hann window halves the sum; a sine has half its amplitude at the positive frequency.
  return (4 * Math.sqrt(Math.max(0, power))) / count;
}
