import { describe, expect, test } from 'vitest';
import { isSilence, slewed } from './pcm.ts';

const LENGTH = 960;

function tone(phase = 0): Float32Array {
  return Float32Array.from({ length: LENGTH }, (_, i) => Math.sin(i / 8 + phase));
}

function largestStep(samples: Float32Array | undefined): number {
  let largest = 0;
  samples?.forEach((sample, i) => {
    largest = Math.max(largest, Math.abs(sample - (samples[i - 1] ?? sample)));
  });
  return largest;
}

describe('[AUD3] slewed', () => {
  test.each([-2, -1, 0, 1, 2])('a packet by %d samples, in all channels, without a step', (count) => {
    const pcm = [tone(), tone(1)];
    const result = slewed(pcm, count);
    expect(result.map((samples) => samples.length)).toEqual([LENGTH + count, LENGTH + count]);
    for (const [index, samples] of result.entries()) {
      expect(largestStep(samples)).toBeLessThan(largestStep(pcm[index]) * 1.5);
      expect(samples[0]).toBe(pcm[index]?.[0]);
      expect(samples.at(-1)).toBe(pcm[index]?.at(-1));
    }
  });

  test('the sample that is added is the mean of its neighbours, the one that is dropped leaves it behind', () => {
    const pcm = [Float32Array.of(0, 4, 5, 9)];
    expect(slewed(pcm, 1)).toEqual([Float32Array.of(0, 4, 4.5, 5, 9)]);
    expect(slewed(pcm, -1)).toEqual([Float32Array.of(0, 4.5, 9)]);
    expect(slewed(pcm, 0)).toBe(pcm);
  });
});

test('[AUD5] silence is what lies below one step of 16 bits, in every channel', () => {
  expect(isSilence([new Float32Array(4), Float32Array.of(0, 2e-5, -2e-5, 0)])).toBe(true);
  expect(isSilence([new Float32Array(4), Float32Array.of(0, 0, 0, -4e-5)])).toBe(false);
});
