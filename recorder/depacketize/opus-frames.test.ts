import fc from 'fast-check';
import { Application, createEncoder } from 'libopus-wasm';
import { describe, expect, test } from 'vitest';
import { OpusDecoder } from '../audio/opus-decoder.ts';
import { voice } from '../audio/testing/sounds.ts';
import { Malformed } from '../bytes/malformed.ts';
import { encodeOpusPacket, parseOpusFrames } from './opus-frames.ts';

const hex = (packet: string) => {
  const { frames, ...rest } = parseOpusFrames(Buffer.from(packet, 'hex'));
  return { ...rest, frames: frames.map((frame) => frame.toString('hex')) };
};
/** CELT, full band, 20 ms, mono. */
const TOC = { configuration: 0xf8, frameTicks: 960 };

describe('[OPUS6] the frames of a packet (RFC 6716 §3.2)', () => {
  test.each([
    ['code 0, one frame', 'f8' + 'aabb', ['aabb']],
    ['code 1, two of one length', 'f9' + 'aabb', ['aa', 'bb']],
    ['code 2, two of two lengths', 'fa' + '01' + 'aabbcc', ['aa', 'bbcc']],
    ['code 3, all of one length', 'fb' + '03' + 'aabbcc', ['aa', 'bb', 'cc']],
    ['code 3, each of its length', 'fb' + '83' + '0200' + 'aabbcc', ['aabb', '', 'cc']],
    ['code 3, padded', 'fb' + '42' + '03' + 'aabb' + '000000', ['aa', 'bb']],
    ['code 3, each of its length, padded', 'fb' + 'c2' + '01' + '01' + 'aabb' + '00', ['aa', 'bb']],
  ])('%s', (_, packet, frames) => {
    expect(hex(packet)).toEqual({ ...TOC, frames });
  });

  test('a length of two bytes is 4 times the second and the first', () => {
    const [one, other] = [Buffer.alloc(1000, 1), Buffer.alloc(252, 2)];
    const packet = encodeOpusPacket(0xf8, [one, other, one]);
    // 1000 = 252 + 4·187; 252 = 252 + 4·0.
    expect(packet.subarray(0, 6).toString('hex')).toBe('fb83' + 'fcbb' + 'fc00');
    expect(parseOpusFrames(packet)).toEqual({ ...TOC, frames: [one, other, one] });
  });

  test.each([
    ['nothing', ''],
    ['code 1 of an odd length', 'f9aabbcc'],
    ['code 2 without a length', 'fa'],
    ['a frame longer than its packet', 'fa05aa'],
    ['a length cut off', 'fafc'],
    ['parts that are not equal', 'fb02aabbcc'],
    ['more padding than packet', 'fb42ff00aa'],
    ['a frame of 1276 bytes', `f8${'00'.repeat(1276)}`],
  ])('refuses %s', (_, packet) => {
    expect(() => hex(packet)).toThrow(Malformed);
  });

  test('whatever comes, it answers or throws Malformed; what it answers is the same once more', () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 1275 }).map(Buffer.from), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.nat(31), frames, (configuration, expected) => {
        fc.pre(expected.length <= 2 || configuration % 4 === 0 || configuration > 11);
        const packet = encodeOpusPacket(configuration << 3, expected);
        expect(parseOpusFrames(packet).frames.map(String)).toEqual(expected.map(String));
      }),
      { seed: 3 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const packet = Buffer.from(bytes);
        try {
          const parsed = parseOpusFrames(packet);
          expect(parsed.frames.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(packet.length);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Malformed);
        }
        expect(packet.equals(bytes)).toBe(true);
      }),
      { seed: 4, numRuns: 3000 },
    );
  });
});

test('[OPUS6] packets of libopus, parted and joined, decode to the same samples', async () => {
  for (const ms of [10, 60]) {
    using encoder = await createEncoder({
      channels: 1,
      sampleRate: 48_000,
      application: Application.Audio,
      frameSize: ms * 48,
    });
    using decoder = await OpusDecoder.open(1);
    using other = await OpusDecoder.open(1);
    const said = voice();
    const samples = ms * 48;
    const packets: Buffer[] = [];
    for (let at = 0; at + samples <= said.length; at += samples)
      packets.push(Buffer.from(encoder.encodeFloat(said.subarray(at, at + samples))));
    const all = packets.map(parseOpusFrames);
    expect(all.every(({ frameTicks }) => frameTicks <= 960)).toBe(true);
    const again = all.flatMap(({ configuration, frames }) =>
      frames.map((frame) => encodeOpusPacket(configuration, [frame])),
    );
    const heard = packets.flatMap((packet) => [...(decoder.decode(packet)?.[0] ?? [])]);
    expect(again.flatMap((packet) => [...(other.decode(packet)?.[0] ?? [])])).toEqual(heard);
  }
});
