import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Malformed } from '../bytes/malformed.ts';
import { OpusDepacketizer } from './opus.ts';
import { parseOpusToc } from './opus-toc.ts';

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
        expect(parseOpusToc(one)).toEqual({ channels, frames: 1, durationTicks: ms * 48 });
        const two = Buffer.of((configuration << 3) | (stereo << 2) | 1, 0);
        expect(parseOpusToc(two)).toEqual({ channels, frames: 2, durationTicks: 2 * ms * 48 });
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
