import { BLOCK_HEIGHT, BLOCK_WIDTH, blockMeans, COLUMNS, readBits, toNumber } from './blocks.ts';

/**
 * The picture that says when it was captured: 8 × 4 blocks, bright or dark. Three rows are the epoch milliseconds modulo
 * 2^24 (four hours and a half), the fourth is the three XORed with 0xA5, so that a picture mixed of two, or torn, is not
 * read as a third one.
 */
const ROWS = 4;
const CHECK = 0xa5;
const PERIOD_MS = 2 ** 24;

/** Pictures are read after scaling to this size. */
export const TIME_WIDTH = COLUMNS * BLOCK_WIDTH;
export const TIME_HEIGHT = ROWS * BLOCK_HEIGHT;

/** The slate is one colour, but for a sign in its middle. */
const PLAIN_SPREAD = 12;

export type TimeSighting =
  | { kind: 'time'; capturedAtMs: number }
  | { kind: 'plain' }
  | { kind: 'unreadable'; why: string };

/** @param luma TIME_WIDTH × TIME_HEIGHT values of 0 to 255, row by row @param nearMs epoch ms within two hours of the capture */
export function readTime(luma: Uint8Array, nearMs: number): TimeSighting {
  const means = blockMeans(luma, ROWS);
  const outer = [...means.slice(0, COLUMNS), ...means.slice(-COLUMNS)];
  if (Math.max(...outer) - Math.min(...outer) < PLAIN_SPREAD) return { kind: 'plain' };
  const bits = readBits(means);
  if (typeof bits === 'string') return { kind: 'unreadable', why: bits };
  const bytes = Array.from({ length: ROWS }, (_, row) =>
    toNumber(bits.slice(row * COLUMNS, (row + 1) * COLUMNS)),
  );
  if (bytes.reduce((sum, byte) => sum ^ byte, CHECK) !== 0)
    return { kind: 'unreadable', why: `${bytes.join(' ')} is no time` };
  const ms = toNumber(bits.slice(0, 3 * COLUMNS));
  return { kind: 'time', capturedAtMs: ms + PERIOD_MS * Math.round((nearMs - ms) / PERIOD_MS) };
}
