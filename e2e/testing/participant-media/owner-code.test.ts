import { expect, test } from 'vitest';
import { COLUMNS } from './blocks.ts';
import { OWNERS, ownerRow, ROWS, readPicture, SAMPLE_HEIGHT, SAMPLE_WIDTH } from './owner-code.ts';

function draw(rows: boolean[][], bright = 200, dark = 40): Uint8Array {
  return Uint8Array.from({ length: SAMPLE_WIDTH * SAMPLE_HEIGHT }, (_, at) => {
    const x = Math.floor(((at % SAMPLE_WIDTH) * COLUMNS) / SAMPLE_WIDTH);
    const y = Math.floor((Math.floor(at / SAMPLE_WIDTH) * ROWS) / SAMPLE_HEIGHT);
    return rows[y]?.[x] ? bright : dark;
  });
}

const counter = [false, false, true, false, true, false, true, false];
const picture = (owner: number) => [ownerRow(owner), counter, ownerRow(owner).map((bit) => !bit)];

test('every owner is read back, also from a picture of little contrast', () => {
  for (let owner = 0; owner < OWNERS; owner += 1) {
    expect(readPicture(draw(picture(owner)))).toEqual({ kind: 'owner', owner, counter: 42 });
    expect(readPicture(draw(picture(owner), 150, 90))).toEqual({ kind: 'owner', owner, counter: 42 });
  }
});

test('a plain picture is no owner, nor is a slate with its sign', () => {
  expect(readPicture(new Uint8Array(SAMPLE_WIDTH * SAMPLE_HEIGHT).fill(77))).toEqual({ kind: 'plain' });
  const bars = new Array<boolean>(COLUMNS).fill(false);
  const slate = [bars, bars.map((_, x) => x === 3 || x === 4), bars];
  expect(readPicture(draw(slate))).toEqual({ kind: 'plain' });
});

test('a picture mixed of two owners, a flipped bit, and half-tones are unreadable', () => {
  const mixed = [ownerRow(1), counter, ownerRow(2).map((bit) => !bit)];
  expect(readPicture(draw(mixed))).toMatchObject({
    kind: 'unreadable',
    why: expect.stringMatching(/^top says/),
  });
  const flipped = ownerRow(5).map((bit, index) => (index === 4 ? !bit : bit));
  const rows = [flipped, counter, flipped.map((bit) => !bit)];
  expect(readPicture(draw(rows))).toMatchObject({
    kind: 'unreadable',
    why: expect.stringMatching(/is no code$/),
  });
  const first = draw(picture(1));
  const second = draw(picture(6));
  const blended = first.map((value, at) => (value + (second[at] ?? 0)) / 2);
  expect(readPicture(blended)).toMatchObject({ kind: 'unreadable' });
});
