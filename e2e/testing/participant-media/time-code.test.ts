import { expect, test } from 'vitest';
import { readTime, TIME_HEIGHT, TIME_WIDTH } from './time-code.ts';

function draw(bytes: readonly number[], bright = 200, dark = 40): Uint8Array {
  return Uint8Array.from({ length: TIME_WIDTH * TIME_HEIGHT }, (_, at) => {
    const x = Math.floor(((at % TIME_WIDTH) * 8) / TIME_WIDTH);
    const y = Math.floor((Math.floor(at / TIME_WIDTH) * 4) / TIME_HEIGHT);
    return ((bytes[y] ?? 0) >> (7 - x)) & 1 ? bright : dark;
  });
}

const NOW_MS = 1_790_000_000_000;

function bytesOf(ms: number): number[] {
  const bytes = [65_536, 256, 1].map((unit) => Math.floor(ms / unit) % 256);
  return [...bytes, bytes.reduce((check, byte) => check ^ byte, 0xa5)];
}

test('a time is read back, on either side of a wrap', () => {
  const wrapMs = Math.ceil(NOW_MS / 2 ** 24) * 2 ** 24;
  for (const ms of [NOW_MS, NOW_MS + 1, wrapMs - 1, wrapMs, wrapMs + 1]) {
    expect(readTime(draw(bytesOf(ms)), ms - 3_600_000)).toEqual({ kind: 'time', capturedAtMs: ms });
    expect(readTime(draw(bytesOf(ms), 150, 90), ms + 3_600_000)).toEqual({ kind: 'time', capturedAtMs: ms });
  }
});

test('a plain picture has no time, and one of two times, or with a flipped bit, is unreadable', () => {
  expect(readTime(new Uint8Array(TIME_WIDTH * TIME_HEIGHT).fill(77), NOW_MS)).toEqual({ kind: 'plain' });
  const [a = 0, b = 0, c = 0, check = 0] = bytesOf(NOW_MS);
  const torn = [a, b, c ^ 0x40, check];
  expect(readTime(draw(torn), NOW_MS)).toMatchObject({ why: expect.stringMatching(/is no time$/) });
  const first = draw([a, b, c, check]);
  const blended = draw(bytesOf(NOW_MS + 33)).map((value, at) => (value + (first[at] ?? 0)) / 2);
  expect(readTime(blended, NOW_MS)).toMatchObject({ kind: 'unreadable' });
});
