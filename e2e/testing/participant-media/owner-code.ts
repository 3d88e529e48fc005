import { BLOCK_HEIGHT, BLOCK_WIDTH, blockMeans, COLUMNS, readBits, toNumber } from './blocks.ts';

/**
 * The picture by which a person is known: 8 × 3 blocks, bright or dark. The first row is the owner code, the second a
 * frame counter, the third the owner code inverted, so that a picture mixed of two people, or torn, reads as neither.
 */
export const ROWS = 3;
/** Owners are numbered 0 to 15. */
export const OWNERS = 16;

/** Pictures are read after scaling to this size. */
export const SAMPLE_WIDTH = COLUMNS * BLOCK_WIDTH;
export const SAMPLE_HEIGHT = ROWS * BLOCK_HEIGHT;

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
  const means = blockMeans(luma, ROWS);
  const outer = [...means.slice(0, COLUMNS), ...means.slice(2 * COLUMNS)];
  if (Math.max(...outer) - Math.min(...outer) < PLAIN_SPREAD) return { kind: 'plain' };
  const bits = readBits(means);
  if (typeof bits === 'string') return { kind: 'unreadable', why: bits };
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
