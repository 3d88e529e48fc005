/** Device pixels of a tile. */
export interface Tile {
  width: number;
  height: number;
}

/** What the pages send at full size; each simulcast layer below it has half the width and half the height. */
const FULL = { width: 1280, height: 720 };
/** A layer that is smaller than its tile by less than this is large enough: nobody sees the difference. */
const TOLERANCE = 0.8;
/** mediasoup's range is 1 to 255; what is not shown has the lowest. */
export const LOWEST_PRIORITY = 1;
export const HIGHEST_PRIORITY = 255;

/** The smallest of so many simulcast layers, 0 upwards, that fills the tile (the picture is fitted into it). */
export function spatialLayerFor(tile: Tile, layers: number): number {
  const needed = TOLERANCE * Math.min(tile.width / FULL.width, tile.height / FULL.height);
  for (let layer = 0; layer < layers - 1; layer += 1) {
    if (1 / 2 ** (layers - 1 - layer) >= needed) return layer;
  }
  return Math.max(0, layers - 1);
}

/** Who gets bandwidth first when it is short: a screen, whose letters must stay readable, then the larger tile. */
export function priorityOf(tile: Tile, isScreen: boolean): number {
  if (isScreen) return HIGHEST_PRIORITY;
  const share = Math.min(1, (tile.width * tile.height) / (FULL.width * FULL.height));
  return Math.max(LOWEST_PRIORITY, Math.round(share * (HIGHEST_PRIORITY - 1)));
}
