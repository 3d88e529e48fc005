import { expect, test } from 'vitest';
import { AacEncoder } from './aac-encoder.ts';
import { AAC_FRAME_SAMPLES } from './audio-transcoder.ts';
import { SILENT_FRAMES } from './silent-frames.ts';
import { voice } from './testing/sounds.ts';

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

test('[AUD14] after a pause, sound takes no more bytes than before', () => {
  using encoder = new AacEncoder(1);
  const said = voice();
  const bytesOf = (blocks: number, sample: (at: number) => number): number => {
    let bytes = 0;
    for (let from = 0; from < blocks * AAC_FRAME_SAMPLES; from += AAC_FRAME_SAMPLES)
      bytes +=
        encoder.encode([Float32Array.from({ length: AAC_FRAME_SAMPLES }, (_, at) => sample(from + at))])
          ?.length ?? 0;
    return bytes;
  };
  const say = () => bytesOf(60, (at) => said[at] ?? 0);
  const before = say();
  bytesOf(5, () => 0);
  expect(say()).toBeLessThan(before * 1.1);
});

test('the prepared frames of silence are what the encoder makes of silence', () => {
  for (const channels of [1, 2] as const) {
    using encoder = new AacEncoder(channels);
    const frames = Array.from({ length: 8 }, () => encoder.encode(undefined)?.toString('hex'));
    expect(frames.at(-1)).toBe(SILENT_FRAMES[channels].toString('hex'));
  }
});

function tone(round: number): Float32Array {
  return Float32Array.from({ length: 1024 }, (_, index) => 0.3 * Math.sin((index * round) / 20));
}
