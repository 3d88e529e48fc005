import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { opusOf } from '../audio/testing/lossy.ts';
import { voice } from '../audio/testing/sounds.ts';
import { Malformed } from '../bytes/malformed.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import { OpusDepacketizer } from './opus.ts';
import { hasRedundancy, parseOpusToc } from './opus-toc.ts';

describe('[OPUS1] the TOC (RFC 6716 §3.1)', () => {
  // Frame sizes in ms by configuration, table 2.
  const sizes = [
    10,
    20,
    40,
    60,
    10,
    20,
    40,
    60,
    10,
    20,
    40,
    60,
    10,
    20,
    10,
    20,
    ...Array(4).fill([2.5, 5, 10, 20]).flat(),
  ];

  test('all 32 configurations, mono and stereo, one frame and two', () => {
    sizes.forEach((ms: number, configuration) => {
      for (const stereo of [0, 1]) {
        const channels = stereo + 1;
        const one = Buffer.of((configuration << 3) | (stereo << 2), 0);
        const frameTicks = ms * 48;
        expect(parseOpusToc(one)).toEqual({ channels, frames: 1, frameTicks, durationTicks: ms * 48 });
        const two = Buffer.of((configuration << 3) | (stereo << 2) | 1, 0);
        expect(parseOpusToc(two)).toEqual({ channels, frames: 2, frameTicks, durationTicks: 2 * ms * 48 });
      }
    });
  });

  test.each([
    ['nothing', []],
    ['code 3 without a count', [0xfb]],
    ['code 3 with no frames', [0xfb, 0x00]],
    ['more than 120 ms', [0x1b, 0x03]],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseOpusToc(Buffer.from(bytes))).toThrow(Malformed);
  });
});

test('[OPUS2] each packet is one item; DTX is told by its size; broken ones are counted', () => {
  const opus = new OpusDepacketizer();
  const push = (payload: Buffer) =>
    opus.push({ type: 'packet', sequence: 1, timestamp: 960, marker: false, payload, arrivalMs: 5 });
  expect(push(Buffer.alloc(40, 0x78))).toMatchObject([
    { timestamp: 960, durationTicks: 960, channels: 1, dtx: false },
  ]);
  expect(push(Buffer.of(0x78, 0))).toMatchObject([{ dtx: true }]);
  expect(push(Buffer.of(0xfb, 0))).toEqual([]);
  expect(push(Buffer.alloc(0))).toEqual([]);
  expect(opus.stats().malformed).toBe(1);
});

describe('[OPUS4] what was lost', () => {
  const packet = (timestamp: number, payload = Buffer.alloc(40, 0x78)) =>
    ({ type: 'packet', sequence: 1, timestamp, marker: false, payload, arrivalMs: 5 }) as const;
  const loss = (count: number) =>
    ({ type: 'lost', fromSequence: 2, count, hop: 'uplink', sinceMs: 5, nowMs: 5 }) as const;
  const lostBefore = (...items: OrderedItem[]) => {
    const opus = new OpusDepacketizer();
    return items.flatMap((item) => opus.push(item)).map(({ lostTicks }) => lostTicks);
  };

  test('is told with the packet behind it, once', () => {
    expect(lostBefore(packet(0), packet(960), loss(2), packet(3840), packet(4800))).toEqual([0, 0, 1920, 0]);
  });

  test('is no more than the lost packets can have held: the rest is a pause of the sender', () => {
    expect(lostBefore(packet(0), loss(1), packet(20_160))).toEqual([0, 960]);
    expect(lostBefore(packet(0), packet(20_160))).toEqual([0, 0]);
  });

  test('is nothing before the first packet, after another sequence begins, and where no time has passed', () => {
    expect(lostBefore(loss(3), packet(0), loss(1), packet(960))).toEqual([0, 0]);
    expect(lostBefore(packet(0), loss(1), { type: 'reset', nowMs: 5 }, packet(9600))).toEqual([0, 0]);
    expect(lostBefore(packet(9600), loss(1), packet(0))).toEqual([0, 0]);
  });
});

test('[OPUS5] whether a packet brings the frame before it, too, is read from its first bits', async () => {
  const said = voice();
  const share = async (lossPercent: number) => {
    const packets = await opusOf(said, { lossPercent });
    return packets.filter(hasRedundancy).length / packets.length;
  };
  expect(await share(0)).toBe(0);
  // Only where somebody speaks.
  expect(await share(10)).toBeGreaterThan(0.5);
  // 60 ms in one frame: three flags of voice come before; in stereo those of the other channel follow.
  expect(hasRedundancy(Buffer.of(0x58, 0b0001_0000))).toBe(true);
  expect(hasRedundancy(Buffer.of(0x58, 0b1110_1111))).toBe(false);
  expect(hasRedundancy(Buffer.of(0x4c, 0b0001_0000))).toBe(true);
  // CELT alone, lengths before the frames, nothing behind the TOC.
  for (const bytes of [[0xf8, 0xff], [0x4b, 1, 0xff], [0x48]])
    expect(hasRedundancy(Buffer.from(bytes))).toBe(false);
});

test('[OPUS3] whatever a packet holds, it lasts 2.5 to 120 ms or is refused', () => {
  const payloads = fc.uint8Array({ maxLength: 12 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(payloads, (payload) => {
      const before = Buffer.from(payload);
      try {
        const { durationTicks, frames } = parseOpusToc(payload);
        expect(durationTicks).toBeGreaterThanOrEqual(120);
        expect(durationTicks).toBeLessThanOrEqual(5760);
        expect(frames).toBeLessThanOrEqual(48);
      } catch (cause) {
        expect(cause).toBeInstanceOf(Malformed);
      }
      expect(payload.equals(before)).toBe(true);
    }),
    { seed: 11, numRuns: 2000 },
  );
});
