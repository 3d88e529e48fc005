import { expect, test } from 'vitest';
import { AacEncoder } from './codecs.ts';

test('codecs that work in turns do not disturb each other', () => {
  using alone = new AacEncoder(1);
  const expected = [1, 2, 3, 4].map((round) => alone.encode([tone(round)])?.toString('hex'));
  using first = new AacEncoder(1);
  using second = new AacEncoder(1);
  const heard = [1, 2, 3, 4].map((round) => {
    const mine = first.encode([tone(round)])?.toString('hex');
    second.encode(undefined);
    return mine;
  });
  expect(heard).toEqual(expected);
});

function tone(round: number): Float32Array {
  return Float32Array.from({ length: 1024 }, (_, index) => 0.3 * Math.sin((index * round) / 20));
}
