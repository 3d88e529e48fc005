import fc from 'fast-check';
import type { OpusDecoderHandle } from 'libopus-wasm';
import { describe, expect, test } from 'vitest';
import { MAX_CONCEALED_SAMPLES } from './audio-transcoder.ts';
import { OpusDecoder } from './opus-decoder.ts';
import { opusOf, PACKET_SAMPLES } from './testing/lossy.ts';
import { voice } from './testing/sounds.ts';

/** Of the decoders' memory, beyond the 16 MiB that it begins with; one decoder takes 60 kB. */
const MAX_GROWTH_BYTES = 4 * 2 ** 20;

/** WebAssembly's memory, and little else: what JavaScript has of samples is not counted. */
function memoryBytes(): number {
  const { arrayBuffers, external } = process.memoryUsage();
  return external - arrayBuffers;
}

describe('[AUD19] whatever a packet holds, a decoder answers samples or refuses', () => {
  test.each([1, 2] as const)(
    'with %i channels, mutated, cut off or made up, in any order with losses',
    async (channels) => {
      const real = await opusOf(voice());
      const packet = fc.oneof(
        fc.uint8Array({ maxLength: 1500 }),
        fc
          .tuple(
            fc.nat({ max: real.length - 1 }),
            fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
            fc.nat(80),
          )
          .map(([index, changes, length]) => {
            const bytes = Uint8Array.from(real[index] as Buffer).subarray(0, length + 1);
            for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
            return bytes;
          }),
      );
      const step = fc.record({ packet, lost: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 60 })) });
      using decoder = await OpusDecoder.open(channels);
      const fits = (pcm: Float32Array[] | undefined, most: number) => {
        if (!pcm) return;
        expect(pcm).toHaveLength(channels);
        for (const samples of pcm) {
          expect(samples.length).toBeLessThanOrEqual(most);
          expect(samples.every(Number.isFinite)).toBe(true);
        }
      };
      const before = memoryBytes();
      fc.assert(
        fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
          for (const { lost, packet } of steps) {
            const payload = Buffer.from(packet);
            const given = Buffer.from(payload);
            const pcm = decoder.conceal(lost * 120, payload);
            fits(pcm, MAX_CONCEALED_SAMPLES);
            if (pcm) expect(pcm[0]).toHaveLength(lost * 120);
            fits(decoder.decode(payload), MAX_CONCEALED_SAMPLES);
            expect(payload.equals(given)).toBe(true);
          }
        }),
        { seed: 16, numRuns: 300 },
      );
      expect(memoryBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
    },
  );

  test('whoever comes and goes leaves nothing behind', async () => {
    const comeAndGo = async (times: number) => {
      for (let i = 0; i < times; i += 1) {
        using decoder = await OpusDecoder.open(2);
        decoder.decode(Buffer.of(0xfc, 1, 2, 3, 4, 5));
        decoder.conceal(MAX_CONCEALED_SAMPLES, undefined);
      }
    };
    await comeAndGo(10);
    const before = memoryBytes();
    await comeAndGo(1000);
    expect(memoryBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
  });

  test('what libopus does not refuse but fails over is thrown: its memory is not to be trusted any more', () => {
    const handle = {
      channels: 1,
      decodeFloat: () => {
        throw new Error('memory access out of bounds');
      },
    } as unknown as OpusDecoderHandle;
    expect(() => new OpusDecoder(handle).decode(Buffer.of(1, 2, 3))).toThrow('memory access out of bounds');
  });
});

test('both channels come out in their order', async () => {
  const said = Float32Array.from({ length: 48_000 }, (_, at) =>
    at % 2 === 0 ? 0.5 * Math.sin((2 * Math.PI * 440 * at) / 96_000) : 0,
  );
  const packets = await opusOf(said, { channels: 2, lossPercent: 0, bitrateBps: 128_000 });
  using decoder = await OpusDecoder.open(2);
  const [left = 0, right = 0] = (packets.map((packet) => decoder.decode(packet)).at(-1) ?? []).map(
    (samples) => Math.max(...samples),
  );
  expect(left).toBeGreaterThan(0.4);
  expect(right).toBeLessThan(0.05);
});

test('[AUD16] a lost frame is found in the packet behind it', async () => {
  const packets = await opusOf(voice());
  using whole = await OpusDecoder.open(1);
  using lossy = await OpusDecoder.open(1);
  const lost = 51;
  const said = packets
    .slice(0, lost + 1)
    .map((packet) => whole.decode(packet)?.[0])
    .at(-1);
  for (const packet of packets.slice(0, lost)) lossy.decode(packet);
  const found = lossy.conceal(PACKET_SAMPLES, packets[lost + 1])?.[0];
  expect(correlation(found, said)).toBeGreaterThan(0.9);
});

function correlation(a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number {
  const product = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
