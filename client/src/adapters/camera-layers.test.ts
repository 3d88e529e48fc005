import { expect, test } from 'vitest';
import { cameraLayers } from './camera-layers.ts';

test.each([
  ['a large camera', { width: 1280, height: 720 }, [4, 2, 1]],
  ['one that is held upright', { width: 720, height: 1280 }, [4, 2, 1]],
  ['a middling one', { width: 640, height: 480 }, [2, 1]],
  ['a small one', { width: 320, height: 240 }, [1]],
  ['one of unknown size', undefined, [1]],
])('%s is sent whole, and in as many smaller sizes as the browser sends', (_what, size, scales) => {
  const layers = cameraLayers(size, 3);
  expect(layers.length).toBe(3);
  expect(layers.map(({ active }) => active)).toEqual([true, true, true].fill(false, scales.length));
  expect(layers.filter(({ active }) => active).map((one) => one.scaleResolutionDownBy)).toEqual(scales);
});

test('the smaller ones leave the start bitrate of 1000 kbit/s room for the whole picture', () => {
  for (const size of [
    { width: 1280, height: 720 },
    { width: 640, height: 480 },
  ]) {
    const smaller = cameraLayers(size, 3).filter(
      ({ active, scaleResolutionDownBy }) => active && scaleResolutionDownBy > 1,
    );
    const smallerBps = smaller.reduce((sum, { maxBitrate }) => sum + maxBitrate, 0);
    expect(smallerBps + 600_000).toBeLessThanOrEqual(1_000_000);
  }
});

test('after another camera there are as few layers as before, and fewer where it is smaller', () => {
  const activeOf = (size: { width: number; height: number }, most: number) =>
    cameraLayers(size, most)
      .filter(({ active }) => active)
      .map((layer) => layer.scaleResolutionDownBy);
  expect(activeOf({ width: 1280, height: 720 }, 2)).toEqual([2, 1]);
  expect(activeOf({ width: 1280, height: 720 }, 1)).toEqual([1]);
  expect(activeOf({ width: 320, height: 240 }, 3)).toEqual([1]);
});
