import { expect, test } from 'vitest';
import { priorityOf, spatialLayerFor } from './layer-choice.ts';

test.each<[string, number, number, number, number]>([
  ['a thumbnail', 160, 90, 3, 0],
  ['a tile of a large grid', 320, 180, 3, 0],
  ['slightly larger than the lowest layer', 384, 216, 3, 0],
  ['a quarter of the page', 640, 360, 3, 1],
  ['the whole page', 1280, 720, 3, 2],
  ['more than there is', 3840, 2160, 3, 2],
  ['a tall phone, whose width is what counts', 540, 2400, 3, 1],
  ['two layers', 320, 180, 2, 0],
  ['two layers, a large tile', 900, 600, 2, 1],
  ['no simulcast', 320, 180, 1, 0],
])('%s: %d×%d of %d layers', (_, width, height, layers, expected) => {
  expect(spatialLayerFor({ width, height }, layers)).toBe(expected);
});

test('screens come first, then larger tiles; everything has its part', () => {
  const priorities = [
    priorityOf({ width: 1, height: 1 }, false),
    priorityOf({ width: 320, height: 180 }, false),
    priorityOf({ width: 1280, height: 720 }, false),
    priorityOf({ width: 320, height: 180 }, true),
  ];
  expect(priorities).toEqual([1, 16, 254, 255]);
  expect(priorityOf({ width: 9000, height: 9000 }, false)).toBe(254);
});
