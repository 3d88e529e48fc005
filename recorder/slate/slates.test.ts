import { expect, test } from 'vitest';
import { MAX_SLATES, slateOf, slatesKept } from './slates.ts';

test('[SLATE2] of slates a few are kept, those that were used last', () => {
  const often = { width: 320, height: 180 };
  const first = slateOf(often, false);
  for (let width = 16; width < 16 + 4 * MAX_SLATES; width += 2) {
    slateOf({ width, height: 16 }, true);
    expect(slateOf(often, false)).toBe(first);
  }
  expect(slatesKept()).toBe(MAX_SLATES);
  expect(slateOf(often, true)).not.toEqual(first);
});
