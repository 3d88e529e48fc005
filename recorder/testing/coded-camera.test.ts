import { expect, test } from 'vitest';
import { CodedCamera, lumaOf, NUMBERS, numberOf } from './coded-camera.ts';
import { decodeLuma } from './decoded-file.ts';

const START_CODE = Buffer.of(0, 0, 0, 1);

function stream(numbers: number[], keyframes: number[]): Buffer {
  const camera = new CodedCamera();
  const nals = numbers.flatMap((number) => camera.encode(number, keyframes.includes(number)));
  return Buffer.concat(nals.flatMap((nal) => [START_CODE, nal]));
}

test('every picture decodes to its number', () => {
  const numbers = Array.from({ length: 500 }, (_, index) => NUMBERS - 250 + index);
  const pictures = decodeLuma(stream(numbers, [NUMBERS - 250, NUMBERS - 243, NUMBERS + 50]), 'h264');
  expect(pictures.map(numberOf)).toEqual(numbers.map((number) => number % NUMBERS));
});

test('a picture that misses another one is none', () => {
  const numbers = [0, 1, 2, 3, 5, 6, 7, 8];
  const pictures = decodeLuma(stream(numbers, [0]), 'h264');
  expect(pictures.map(numberOf)).toEqual([0, 1, 2, 3, ...Array<undefined>(4).fill(undefined)]);
  expect(numberOf(lumaOf(NUMBERS - 1))).toBe(NUMBERS - 1);
});
