/** Side of the square that the pictogram is drawn in, in macroblocks. */
export const PICTOGRAM_MBS = 4;

const BACKGROUND_LUMA = 34;
const FOREGROUND_LUMA = 150;
const SIDE = PICTOGRAM_MBS * 16;

/** Luma of the plain picture, everywhere but in the pictogram. */
export const PLAIN_LUMA = BACKGROUND_LUMA;

/** The 256 luma samples of one macroblock of a crossed-out camera. Its outermost samples are plain. */
export function pictogramLuma(mbX: number, mbY: number): number[] {
  return Array.from({ length: 256 }, (_, index) => {
    const x = (mbX * 16 + (index % 16) + 0.5) / SIDE;
    const y = (mbY * 16 + Math.floor(index / 16) + 0.5) / SIDE;
    return isDrawn(x, y) ? FOREGROUND_LUMA : BACKGROUND_LUMA;
  });
}

/** @param x and y from 0 to 1 within the square */
function isDrawn(x: number, y: number): boolean {
  const fromSlash = Math.abs(x - y);
  const slash = x > 0.1 && x < 0.9 && y > 0.1 && y < 0.9;
  if (slash && fromSlash < 0.04) return true;
  if (fromSlash < 0.09) return false;
  const body = x > 0.12 && x < 0.62 && y > 0.3 && y < 0.7;
  const lens = x > 0.67 && x < 0.88 && Math.abs(y - 0.5) < 0.04 + (x - 0.67) * 0.7;
  return body || lens;
}
