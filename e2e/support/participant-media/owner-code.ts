/**
 * The picture by which a person is known: 8 × 3 blocks, bright or dark. The first row is the owner code, the second a
 * frame counter, the third the owner code inverted, so that a picture mixed of two people, or torn, reads as neither.
 */
export const COLUMNS = 8;
export const ROWS = 3;
/** Owners are numbered 0 to 15. */
export const OWNERS = 16;

/** Pictures are read after scaling to this size, in which each block is 8 × 16 pixels. */
export const SAMPLE_WIDTH = 64;
export const SAMPLE_HEIGHT = 48;

/** Block means nearer to the middle of dark and bright than this are not taken for either. */
const MIN_CONTRAST = 40;
/** A picture whose first and last rows differ by less than this is a slate, or black; a slate has a sign in its middle. */
const PLAIN_SPREAD = 12;

export type Sighting =
  | { kind: 'owner'; owner: number; counter: number }
  | { kind: 'plain' }
  | { kind: 'unreadable'; why: string };

/** The owner's row: a bright and a dark mark, four bits of the number, their odd parity, a bright mark. */
export function ownerRow(owner: number): boolean[] {
  if (!Number.isInteger(owner) || owner < 0 || owner >= OWNERS) throw new RangeError(`no owner ${owner}`);
  const bits = [8, 4, 2, 1].map((bit) => (owner & bit) !== 0);
  const odd = bits.filter((bit) => bit).length % 2 === 0;
  return [true, false, ...bits, odd, true];
}

/** @param luma SAMPLE_WIDTH × SAMPLE_HEIGHT values of 0 to 255, row by row */
export function readPicture(luma: Uint8Array): Sighting {
  if (luma.length !== SAMPLE_WIDTH * SAMPLE_HEIGHT) throw new RangeError(`${luma.length} is not one picture`);
  const means = Array.from({ length: ROWS * COLUMNS }, (_, block) => blockMean(luma, block));
  const darkest = Math.min(...means);
  const brightest = Math.max(...means);
  const outer = [...means.slice(0, COLUMNS), ...means.slice(2 * COLUMNS)];
  if (Math.max(...outer) - Math.min(...outer) < PLAIN_SPREAD) return { kind: 'plain' };
  if (brightest - darkest < MIN_CONTRAST)
    return { kind: 'unreadable', why: `contrast ${brightest - darkest}` };
  const middle = (brightest + darkest) / 2;
  const unsure = means.findIndex((mean) => Math.abs(mean - middle) < (brightest - darkest) / 6);
  if (unsure >= 0) return { kind: 'unreadable', why: `block ${unsure} is neither bright nor dark` };
  const bits = means.map((mean) => mean > middle);
  const code = bits.slice(0, COLUMNS);
  const mirrored = bits.slice(2 * COLUMNS).map((bit) => !bit);
  const inWords = (row: boolean[]) => row.map(Number).join('');
  if (inWords(code) !== inWords(mirrored)) {
    return { kind: 'unreadable', why: `top says ${inWords(code)}, bottom ${inWords(mirrored)}` };
  }
  const owner = toNumber(code.slice(2, 6));
  if (inWords(code) !== inWords(ownerRow(owner))) {
    return { kind: 'unreadable', why: `${inWords(code)} is no code` };
  }
  return { kind: 'owner', owner, counter: toNumber(bits.slice(COLUMNS, 2 * COLUMNS)) };
}

function toNumber(bits: boolean[]): number {
  return bits.reduce((value, bit) => value * 2 + Number(bit), 0);
}

/** The mean of a block's inner part: its edges are smeared by scaling and coding. */
function blockMean(luma: Uint8Array, block: number): number {
  const width = SAMPLE_WIDTH / COLUMNS;
  const height = SAMPLE_HEIGHT / ROWS;
  const left = (block % COLUMNS) * width + width / 4;
  const top = Math.floor(block / COLUMNS) * height + height / 4;
  let sum = 0;
  for (let y = top; y < top + height / 2; y += 1) {
    for (let x = left; x < left + width / 2; x += 1) sum += luma[y * SAMPLE_WIDTH + x] ?? 0;
  }
  return sum / ((width / 2) * (height / 2));
}
