/** Where things are in the picture, in pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Place {
  picture: Box;
  /** Under the picture. */
  label: Box;
}

export const PICTURE = { width: 1280, height: 720 };
const GAP = 8;
const TILE_RATIO = 16 / 9;
/** What a screen being shared takes of the width, when there are people beside it. */
const SCREEN_SHARE = 0.78;

const even = (value: number) => Math.max(2, Math.floor(value / 2) * 2);

/**
 * Places for everyone, none overlapping another: in a grid, or beside a shared screen, which is large.
 * @param count of tiles besides the screen
 */
export function layOut(count: number, hasScreen: boolean): { screen?: Place; tiles: Place[] } {
  const whole = { x: 0, y: 0, ...PICTURE };
  if (!hasScreen) return { tiles: grid(count, whole) };
  if (count === 0) return { screen: place(whole, 26), tiles: [] };
  const width = Math.floor(PICTURE.width * SCREEN_SHARE);
  const beside = { x: width, y: 0, width: PICTURE.width - width, height: PICTURE.height };
  return { screen: place({ ...whole, width }, 26), tiles: grid(count, beside) };
}

/** As many columns as make the tiles largest; a last row that is not full stands in the middle. */
function grid(count: number, area: Box): Place[] {
  if (count === 0) return [];
  const options = Array.from({ length: count }, (_, index) => index + 1).map((columns) => {
    const rows = Math.ceil(count / columns);
    const cell = { width: area.width / columns, height: area.height / rows };
    const width = Math.min(cell.width, (cell.height - labelHeight(cell.height)) * TILE_RATIO);
    return { columns, rows, cell, width };
  });
  const best = options.reduce((one, other) => (other.width > one.width ? other : one));
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / best.columns);
    const inRow = Math.min(best.columns, count - row * best.columns);
    const indent = (area.width - inRow * best.cell.width) / 2;
    const x = area.x + indent + (index % best.columns) * best.cell.width;
    const cell = { x, y: area.y + row * best.cell.height, ...best.cell };
    return place(cell, labelHeight(cell.height));
  });
}

const labelHeight = (cellHeight: number) => Math.min(26, Math.max(12, cellHeight / 7));

/** A picture of any shape fits into its box; here that is as much of the cell as the label and the gaps leave. */
function place(cell: Box, label: number): Place {
  const width = even(Math.min(cell.width - 2 * GAP, (cell.height - 2 * GAP - label) * TILE_RATIO));
  const height = even(Math.min(cell.height - 2 * GAP - label, width / TILE_RATIO));
  const x = Math.floor(cell.x + (cell.width - width) / 2);
  const y = Math.floor(cell.y + (cell.height - height - label) / 2);
  return {
    picture: { x, y, width, height },
    label: { x, y: y + height, width, height: Math.floor(label) },
  };
}
