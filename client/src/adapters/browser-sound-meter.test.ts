import { expect, test } from 'vitest';
import { loudnessOf } from './browser-sound-meter.ts';

const tone = (amplitude: number) =>
  Float32Array.from({ length: 512 }, (_, index) => amplitude * Math.sin((index * 2 * Math.PI) / 32));

test.each([
  ['nothing at all', 0, 0],
  ['the noise of a quiet room', 0.001, 0],
  ['a voice far away', 0.02, 0.5],
  ['a voice', 0.1, 0.8],
  ['a shout', 1, 1],
])('%s', (_what, amplitude, expected) => {
  expect(loudnessOf(tone(amplitude))).toBe(expected);
});

test('no samples are silence', () => {
  expect(loudnessOf(new Float32Array())).toBe(0);
});
