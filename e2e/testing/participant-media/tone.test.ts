import { expect, test } from 'vitest';
import { amplitudeOf, TONES_HZ, toneOf } from './tone.ts';

const RATE = 48_000;
const sine = (hz: number, amplitude: number) =>
  Float32Array.from({ length: RATE / 10 }, (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / RATE));

test('a tone is measured at its own frequency and at no other', () => {
  for (const [owner, hz] of TONES_HZ.entries()) {
    const samples = sine(toneOf(owner), 0.3);
    expect(amplitudeOf(samples, hz, RATE)).toBeCloseTo(0.3, 2);
    for (const other of TONES_HZ)
      if (other !== hz) expect(amplitudeOf(samples, other, RATE)).toBeLessThan(0.003);
  }
});
