import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CONTINUITY_SAMPLES,
  MAX_AHEAD_SAMPLES,
  OPUS_LOOKAHEAD_SAMPLES,
  type PcmBlock,
  PcmLine,
  SLACK_SAMPLES,
} from './pcm-line.ts';

const PACKET = 960;

function ones(length = PACKET): Float32Array[] {
  return [new Float32Array(length).fill(1)];
}

/** The first channel of the blocks, one after the other. */
function samplesOf(blocks: PcmBlock[]): number[] {
  return blocks.flatMap((block) =>
    block.channels ? [...(block.channels[0] ?? [])] : Array<number>(1024).fill(0),
  );
}

describe('PcmLine', () => {
  test('[AUD1] a packet is laid where it was captured, the look-ahead taken off', () => {
    const line = new PcmLine(1);
    const samples = samplesOf([...line.place(5000, ones()), ...line.finish(8000)]);
    const first = samples.findIndex((sample) => sample > 0);
    expect(first).toBe(5000 - OPUS_LOOKAHEAD_SAMPLES + 1);
    expect(samples.slice(first + 100, first + 860).every((sample) => sample === 1)).toBe(true);
    expect(samples.length).toBe(8192);
  });

  test('[AUD2] packets that follow each other are joined without a seam, whatever their jitter in position', () => {
    const line = new PcmLine(1);
    const blocks: PcmBlock[] = [];
    for (let i = 0; i < 50; i += 1) blocks.push(...line.place(1000 + i * PACKET + (i % 2), ones()));
    const samples = samplesOf(blocks).slice(1000 + 96 - OPUS_LOOKAHEAD_SAMPLES);
    expect(samples.every((sample) => sample === 1)).toBe(true);
  });

  test('[AUD3] a sender 500 ppm fast or slow is followed within 4 samples a packet', () => {
    for (const rate of [1 + 500e-6, 1 - 500e-6]) {
      const line = new PcmLine(1);
      let laid = 0;
      for (let i = 0; i < 5000; i += 1) laid += line.place(i * PACKET * rate, ones()).length;
      expect(Math.abs(laid * 1024 - 5000 * PACKET * rate)).toBeLessThan(2048 + OPUS_LOOKAHEAD_SAMPLES);
    }
  });

  test('[AUD4] a hole becomes silence, faded on both sides; an overlap is cut', () => {
    const line = new PcmLine(1);
    const blocks = [
      ...line.place(312, ones()),
      ...line.place(312 + 10_000, ones()),
      ...line.place(312 + 10_000 - CONTINUITY_SAMPLES * 2, ones()),
      ...line.finish(12_000),
    ];
    const samples = samplesOf(blocks);
    expect(samples.slice(960, 10_000).every((sample) => sample === 0)).toBe(true);
    expect(samples[959]).toBeLessThan(0.1);
    expect(samples[10_001]).toBeLessThan(0.1);
    expect(samples.slice(10_960).every((sample) => sample === 0)).toBe(true);
  });

  test('[AUD4] a hole right behind a block is faded too', () => {
    const line = new PcmLine(1);
    const samples = samplesOf([...line.place(312 + 64, ones()), ...line.advance(312 + 4096)]);
    expect(samples[1023 - 95]).toBeGreaterThan(0.9);
    expect(samples[1023]).toBe(0);
    expect(samples[1023 - 48]).toBeCloseTo(0.5, 1);
  });

  test('[AUD4] a position that no delay explains is not believed', () => {
    for (const position of [1e12, Number.NaN, Number.POSITIVE_INFINITY, MAX_AHEAD_SAMPLES + 1000]) {
      const line = new PcmLine(1);
      expect(line.place(position, ones())).toEqual([]);
      expect(line.misplaced).toBe(1);
      expect(line.finish(1024)).toEqual([{ index: 0, channels: undefined }]);
    }
  });

  test('[AUD5] what cannot be heard is silence, and carries no samples', () => {
    const line = new PcmLine(1);
    const faint = [new Float32Array(PACKET).fill(1e-5)];
    const blocks = [312, 312 + PACKET, 312 + 2 * PACKET].flatMap((at) => line.place(at, faint));
    expect(blocks.map((block) => block.channels)).toEqual([undefined, undefined]);
  });

  test('[AUD3] a packet that is nearly in its place is left there', () => {
    const line = new PcmLine(1);
    const blocks: PcmBlock[] = [];
    for (let i = 0; i < 64; i += 1)
      blocks.push(...line.place(312 + i * PACKET + (i % 3) * (SLACK_SAMPLES / 2), ones()));
    expect(blocks.length).toBe(Math.floor((64 * PACKET) / 1024) - 1);
  });

  test('blocks of silence carry no samples', () => {
    const line = new PcmLine(2);
    expect(line.advance(312 + 3 * 1024)).toEqual([0, 1, 2].map((index) => ({ index, channels: undefined })));
  });

  test('blocks come in order without a hole, whatever positions come', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: -5000, max: 100_000 }), fc.boolean()), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(steps, (list) => {
        const line = new PcmLine(1);
        const blocks = list.flatMap(([at, silent]) => (silent ? line.advance(at) : line.place(at, ones())));
        expect(blocks.map((block) => block.index)).toEqual(blocks.map((_, index) => index));
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
