import { expect, test } from 'vitest';
import { layOut } from './grid-layout.ts';

test.each([
  ['one on a desktop', 1, 1280, 720, { columns: 1, width: 1280, height: 720 }],
  ['one on a phone is upright', 1, 390, 650, { columns: 1, width: 390, height: 520 }],
  ['two on a phone lie one above the other', 2, 390, 650, { columns: 1, width: 390, height: 321 }],
  ['five on a phone lie two by two', 5, 370, 715, { columns: 2, width: 181, height: 233 }],
  ['two on a desktop stand side by side', 2, 1280, 720, { columns: 2, width: 636, height: 477 }],
  ['nine on a desktop are three by three', 9, 1280, 720, { columns: 3, width: 417, height: 234 }],
])('%s', (_what, count, width, height, expected) => {
  expect(layOut(count, width, height, 8)).toEqual(expected);
});

test('every tile fits, whatever the number and the area', () => {
  for (let count = 1; count <= 30; count += 1) {
    for (const [width, height] of [
      [320, 500],
      [800, 300],
      [1900, 1000],
    ] as const) {
      const tile = layOut(count, width, height, 8);
      const rows = Math.ceil(count / tile.columns);
      expect(tile.columns * tile.width + 8 * (tile.columns - 1)).toBeLessThanOrEqual(width);
      expect(rows * tile.height + 8 * (rows - 1)).toBeLessThanOrEqual(height);
      expect(tile.width).toBeGreaterThan(0);
    }
  }
});

test('an area that is not measured yet gives no size', () => {
  expect(layOut(3, 0, 0, 8)).toEqual({ columns: 1, width: 0, height: 0 });
});
