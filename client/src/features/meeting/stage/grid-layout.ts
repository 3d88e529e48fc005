const WIDEST = 16 / 9;
/** Tiles may be cut this narrow in a wide area, and in an upright one (a phone), whose cameras are upright, too. */
const NARROWEST = 4 / 3;
const NARROWEST_UPRIGHT = 3 / 4;

export interface GridLayout {
  columns: number;
  /** Of one tile, in CSS pixels. */
  width: number;
  height: number;
}

/**
 * The number of columns with which `count` equal tiles become largest in an area.
 * @param gap between tiles, in CSS pixels like everything here
 */
export function layOut(count: number, areaWidth: number, areaHeight: number, gap: number): GridLayout {
  const narrowest = areaHeight > areaWidth ? NARROWEST_UPRIGHT : NARROWEST;
  let best: GridLayout = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const roomWidth = (areaWidth - gap * (columns - 1)) / columns;
    const roomHeight = (areaHeight - gap * (rows - 1)) / rows;
    const width = Math.max(0, Math.min(roomWidth, roomHeight * WIDEST));
    const height = Math.max(0, Math.min(roomHeight, width / narrowest));
    if (width * height > best.width * best.height) best = { columns, width, height };
  }
  return { columns: best.columns, width: Math.floor(best.width), height: Math.floor(best.height) };
}
