import type { PictureSize } from './camera-layers.ts';

/** What H.264 level 5.1 allows (ITU-T H.264 table A-1), and what is recorded. */
const MAX_MACROBLOCKS = 36_864;
const MACROBLOCK = 16;

/** Held by every picture within them, whichever way it lies: 16:9 has as many macroblocks as there may be. */
export const MAX_SCREEN: PictureSize = { width: 4096, height: 2304 };

/** By how much a picture is to be made smaller, 1 where it may stay as it is. */
export function shrinkOf({ height, width }: PictureSize): number {
  if (macroblocksOf({ height, width }) <= MAX_MACROBLOCKS) return 1;
  // A little more than by area alone: a row and a column of macroblocks are begun, and not filled.
  const byArea = Math.sqrt((width * height) / (MAX_MACROBLOCKS * MACROBLOCK ** 2));
  let scale = Math.ceil(byArea * 100) / 100;
  while (macroblocksOf({ width: width / scale, height: height / scale }) > MAX_MACROBLOCKS) scale += 0.01;
  return scale;
}

function macroblocksOf({ height, width }: PictureSize): number {
  return Math.ceil(width / MACROBLOCK) * Math.ceil(height / MACROBLOCK);
}
