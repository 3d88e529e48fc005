import { describe, expect, test } from 'vitest';
import { MAX_CONCEALED_SAMPLES } from './audio-transcoder.ts';
import { type PacketDecoder, PacketLine } from './packet-line.ts';
import { OPUS_LOOKAHEAD_SAMPLES, type PcmBlock } from './pcm-line.ts';

const PACKET = 960;
/** One frame of 20 ms, SILK alone (RFC 6716 table 2): the flag says that it brings the one before, or does not. */
const PLAIN = Buffer.of(0x48, 0b1000_0000, 1);
const REDUNDANT = Buffer.of(0x48, 0b1100_0000, 1);
const BROKEN = Buffer.of(0x48, 0, 2);

/** Packets sound like 1, what is made up like 0.5, and what the next one brought like 0.25. */
const decoder: PacketDecoder = {
  decode: (payload) => (payload.equals(BROKEN) ? undefined : [new Float32Array(PACKET).fill(1)]),
  conceal(samples, next) {
    if (samples <= 0 || samples > MAX_CONCEALED_SAMPLES || samples % 120 !== 0) return undefined;
    const pcm = new Float32Array(samples).fill(0.5);
    if (next?.equals(REDUNDANT)) pcm.fill(0.25, samples - PACKET);
    return [pcm];
  },
};

/** Laid from sample 0 on: `lost` samples are missing before each packet. */
function laid(packets: { at: number; lost?: number; payload?: Buffer }[], until = 30 * PACKET): Float32Array {
  const line = new PacketLine(1, decoder, 0);
  const blocks: PcmBlock[] = packets.flatMap(({ at, lost = 0, payload = PLAIN }) => {
    line.lose(lost);
    return line.push(at + OPUS_LOOKAHEAD_SAMPLES, payload);
  });
  const samples = new Float32Array(until + 1024);
  for (const { channels, index } of [...blocks, ...line.finish(until)])
    if (channels?.[0]) samples.set(channels[0], index * 1024);
  return samples.subarray(0, until);
}

/** What is heard, run by run, as `[value, samples]`, without fades. */
function runs(samples: Float32Array): [number, number][] {
  const found: [number, number][] = [];
  for (const sample of samples) {
    const last = found.at(-1);
    if (last && last[0] === sample) last[1] += 1;
    else found.push([sample, 1]);
  }
  return found.filter(([, length]) => length > 1);
}

describe('[AUD17] what is made up fills the hole, and moves nothing', () => {
  test.each([1, 2, 6])('%i packets', (count) => {
    const lost = count * PACKET;
    const samples = laid([
      { at: 0 },
      { at: PACKET + lost, lost, payload: REDUNDANT },
      { at: 2 * PACKET + lost },
    ]);
    expect(runs(samples.slice(0, 3 * PACKET + lost - 96))).toEqual(
      count === 1
        ? [
            [1, PACKET - 96],
            [0.25, PACKET],
            [1, 2 * PACKET - 96],
          ]
        : [
            [1, PACKET - 96],
            [0.5, lost - PACKET],
            [0.25, PACKET],
            [1, 2 * PACKET - 96],
          ],
    );
  });

  test('whatever positions wander, the packet behind the hole lies within what one packet may be stretched', () => {
    for (const wander of [-40, -3, 3, 40]) {
      const samples = laid([{ at: 0 }, { at: 3 * PACKET + wander, lost: 2 * PACKET }]);
      const begins = samples.indexOf(1, PACKET + 200);
      expect(Math.abs(begins - 3 * PACKET)).toBeLessThanOrEqual(4);
    }
  });

  test('where nothing can be made up there is silence of that length', () => {
    // Not a length of Opus.
    const lost = PACKET - 7;
    const samples = laid([{ at: 0 }, { at: PACKET + lost, lost }]);
    expect(samples.slice(PACKET, PACKET + lost).every((sample) => sample === 0)).toBe(true);
    expect(samples[PACKET + lost + 96]).toBe(1);
  });

  test('a packet that cannot be decoded is as good as lost', () => {
    const samples = laid([{ at: 0 }, { at: PACKET, payload: BROKEN }, { at: 2 * PACKET }]);
    expect(runs(samples.slice(0, 3 * PACKET - 96))).toEqual([
      [1, PACKET - 96],
      [0.5, PACKET],
      [1, PACKET - 96],
    ]);
  });
});

describe('[AUD16] a hole of more than 120 ms', () => {
  const lost = MAX_CONCEALED_SAMPLES + 5 * PACKET;
  const next = PACKET + lost;

  test('fades to silence, and the packet behind it is in its place', () => {
    const samples = laid([{ at: 0 }, { at: next, lost }]);
    const fades = samples.slice(PACKET, PACKET + MAX_CONCEALED_SAMPLES);
    expect(fades[0]).toBe(0.5);
    expect(fades[MAX_CONCEALED_SAMPLES / 2 - 1]).toBe(0.5);
    expect(fades[(MAX_CONCEALED_SAMPLES * 3) / 4]).toBeCloseTo(0.25, 2);
    expect(fades.at(-1)).toBe(0);
    expect(samples.slice(PACKET + MAX_CONCEALED_SAMPLES, next).every((sample) => sample === 0)).toBe(true);
    expect(samples[next + 96]).toBe(1);
  });

  test('ends with what the next packet brings', () => {
    const samples = laid([{ at: 0 }, { at: next, lost, payload: REDUNDANT }]);
    expect(samples[next - PACKET - 1]).toBe(0);
    expect(samples[next - PACKET + 96]).toBe(0.25);
    expect(samples[next - 1]).toBe(0.25);
    expect(samples[next]).toBe(1);
  });
});

test('[AUD16] behind silence nothing is made up but what the next packet brings', () => {
  const at = 20 * PACKET;
  const plain = laid([{ at: 0 }, { at, lost: PACKET }]);
  expect(plain.slice(PACKET, at).every((sample) => sample === 0)).toBe(true);
  const redundant = laid([{ at: 0 }, { at, lost: PACKET, payload: REDUNDANT }]);
  expect(redundant.slice(PACKET, at - PACKET).every((sample) => sample === 0)).toBe(true);
  expect(redundant[at - 1]).toBe(0.25);
});
