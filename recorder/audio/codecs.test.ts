import { expect, test } from 'vitest';
import { AacEncoder, OpusDecoder } from './codecs.ts';

const mebibytes = (): number => process.memoryUsage().rss / 2 ** 20;

/** People who come and go within one stretch without a garbage collection. */
function comeAndGo(times: number): void {
  for (let time = 0; time < times; time += 1) {
    using decoder = new OpusDecoder(1);
    using encoder = new AacEncoder(1);
    decoder.decode(Buffer.of(0x78));
    encoder.encode(undefined);
  }
}

test('[AUD8] codecs that are let go leave nothing behind in their process', () => {
  comeAndGo(50);
  const before = mebibytes();
  comeAndGo(400);
  expect(mebibytes() - before).toBeLessThan(40);
});

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
