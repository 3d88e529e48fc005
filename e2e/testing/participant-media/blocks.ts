/** Pictures that carry a code are 8 blocks wide, each bright or dark; they are read after scaling to these sizes. */
export const COLUMNS = 8;
export const BLOCK_WIDTH = 8;
export const BLOCK_HEIGHT = 16;

/** Block means nearer to the middle of dark and bright than this are not taken for either. */
const MIN_CONTRAST = 40;

/** The mean brightness of each block, row by row. @param luma `rows` × BLOCK_HEIGHT lines of COLUMNS × BLOCK_WIDTH */
export function blockMeans(luma: Uint8Array, rows: number): number[] {
  const size = COLUMNS * BLOCK_WIDTH * rows * BLOCK_HEIGHT;
  if (luma.length !== size) throw new RangeError(`${luma.length} is not one picture`);
  return Array.from({ length: rows * COLUMNS }, (_, block) => blockMean(luma, block));
}

/** Which blocks are bright, or in words why that cannot be told. */
export function readBits(means: readonly number[]): boolean[] | string {
  const darkest = Math.min(...means);
  const brightest = Math.max(...means);
  if (brightest - darkest < MIN_CONTRAST) return `contrast ${brightest - darkest}`;
  const middle = (brightest + darkest) / 2;
  const unsure = means.findIndex((mean) => Math.abs(mean - middle) < (brightest - darkest) / 6);
  if (unsure >= 0) return `block ${unsure} is neither bright nor dark`;
  return means.map((mean) => mean > middle);
}

/** Bits as a number, the highest first. */
export function toNumber(bits: readonly boolean[]): number {
  return bits.reduce((value, bit) => value * 2 + Number(bit), 0);
}

/** The mean of a block's inner part: its edges are smeared by scaling and coding. */
function blockMean(luma: Uint8Array, block: number): number {
  const left = (block % COLUMNS) * BLOCK_WIDTH + BLOCK_WIDTH / 4;
  const top = Math.floor(block / COLUMNS) * BLOCK_HEIGHT + BLOCK_HEIGHT / 4;
  let sum = 0;
  for (let y = top; y < top + BLOCK_HEIGHT / 2; y += 1) {
    for (let x = left; x < left + BLOCK_WIDTH / 2; x += 1) sum += luma[y * COLUMNS * BLOCK_WIDTH + x] ?? 0;
  }
  return sum / ((BLOCK_WIDTH / 2) * (BLOCK_HEIGHT / 2));
}
