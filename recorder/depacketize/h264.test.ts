import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Malformed } from '../bytes/malformed.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import { insertEmulationPrevention, removeEmulationPrevention } from './emulation-prevention.ts';
import { type AccessUnit, H264Depacketizer } from './h264.ts';
import { parseSps } from './sps.ts';

const SPS = Buffer.from('67640028acd940780227e5c044000003000400000300f03c60c658', 'hex');
const PPS = Buffer.from('68ebe3cb22c0', 'hex');
const IDR = Buffer.concat([Buffer.of(0x65), Buffer.alloc(30, 1)]);
const SLICE = Buffer.concat([Buffer.of(0x41), Buffer.alloc(20, 2)]);
const AUD = Buffer.of(0x09, 0xf0);

let sequence = 0;
function item(payload: Buffer, timestamp: number, marker = false): OrderedItem {
  sequence += 1;
  return { type: 'packet', sequence, timestamp, marker, payload, arrivalMs: timestamp / 90 };
}

function stapA(...nals: Buffer[]): Buffer {
  const parts = nals.flatMap((nal) => [Buffer.of(nal.length >> 8, nal.length & 0xff), nal]);
  return Buffer.concat([Buffer.of(0x78), ...parts]);
}

function fuA(nal: Buffer, pieces: number): Buffer[] {
  const header = nal.readUInt8(0);
  const body = nal.subarray(1);
  const size = Math.ceil(body.length / pieces);
  return Array.from({ length: pieces }, (_, i) => {
    const flags = (i === 0 ? 0x80 : 0) | (i === pieces - 1 ? 0x40 : 0);
    const head = Buffer.of((header & 0xe0) | 28, flags | (header & 0x1f));
    return Buffer.concat([head, body.subarray(i * size, (i + 1) * size)]);
  });
}

const lost: OrderedItem = { type: 'lost', fromSequence: 0, count: 1, nowMs: 0 };

function push(depacketizer: H264Depacketizer, items: OrderedItem[]): AccessUnit[] {
  return items.flatMap((one) => depacketizer.push(one));
}

function started(): H264Depacketizer {
  const depacketizer = new H264Depacketizer();
  expect(push(depacketizer, [item(stapA(SPS, PPS, IDR), 0, true)])).toHaveLength(1);
  return depacketizer;
}

describe('H264Depacketizer', () => {
  test('[H2641] single NAL units, STAP-A and FU-A make the same unit (RFC 6184 §5.6–5.8)', () => {
    const ways: OrderedItem[][] = [
      [item(SPS, 0), item(PPS, 0), item(IDR, 0, true)],
      [item(stapA(AUD, SPS, PPS, IDR), 0, true)],
      [item(stapA(SPS, PPS), 0), ...fuA(IDR, 3).map((piece, i) => item(piece, 0, i === 2))],
    ];
    for (const way of ways) {
      const [unit, ...others] = push(new H264Depacketizer(), way);
      expect(others).toEqual([]);
      expect(unit).toMatchObject({ timestamp: 0, keyframe: true, nals: [IDR], sps: SPS, pps: PPS });
    }
  });

  test('[H2642] all slices of a picture are in one unit, which ends at the marker or at the next timestamp', () => {
    const depacketizer = started();
    expect(push(depacketizer, [item(SLICE, 3000), item(SLICE, 3000)])).toEqual([]);
    const [unit] = push(depacketizer, [item(SLICE, 6000)]);
    expect(unit?.nals).toHaveLength(2);
    expect(depacketizer.flush()).toMatchObject([{ timestamp: 6000, keyframe: false }]);
  });

  test('[H2643] before the first keyframe nothing is released, and parameter sets may come out of band', () => {
    const sprop = `${SPS.toString('base64')},${PPS.toString('base64')}`;
    const depacketizer = new H264Depacketizer({ spropParameterSets: sprop });
    expect(depacketizer.needsKeyframe).toBe(true);
    expect(push(depacketizer, [item(SLICE, 0, true)])).toEqual([]);
    expect(push(depacketizer, [item(IDR, 3000, true)])).toMatchObject([{ sps: SPS, pps: PPS }]);
    expect(push(new H264Depacketizer(), [item(IDR, 0, true)])).toEqual([]);
  });

  test('[H2644] after a loss nothing is released until the next whole keyframe', () => {
    const depacketizer = started();
    const [first, second, third] = fuA(IDR, 3) as [Buffer, Buffer, Buffer];
    push(depacketizer, [lost]);
    expect(depacketizer.needsKeyframe).toBe(true);
    expect(push(depacketizer, [item(SLICE, 3000, true)])).toEqual([]);
    expect(push(depacketizer, [item(first, 6000), lost, item(third, 6000, true)])).toEqual([]);
    expect(push(depacketizer, [item(second, 9000), item(third, 9000, true)])).toEqual([]);
    expect(push(depacketizer, [item(IDR, 12_000, true)])).toMatchObject([{ keyframe: true }]);
    expect(push(depacketizer, [item(SLICE, 15_000, true)])).toHaveLength(1);
  });

  test('[H2645] packets of padding alone change nothing', () => {
    const depacketizer = started();
    const padding = Buffer.alloc(0);
    expect(
      push(depacketizer, [
        item(padding, 2000),
        item(SLICE, 3000),
        item(padding, 3000),
        item(SLICE, 3000, true),
      ]),
    ).toHaveLength(1);
  });

  test('[H2646] fragments that are cut off or out of place are dropped, and a keyframe is wanted', () => {
    const [first] = fuA(IDR, 2) as [Buffer, Buffer];
    const bad = [Buffer.of(0x78, 0xff), Buffer.of(28), Buffer.of(0x1e, 1), first];
    for (const payload of bad) {
      const depacketizer = started();
      expect(push(depacketizer, [item(payload, 3000, true), item(SLICE, 6000, true)])).toEqual([]);
      expect(depacketizer.needsKeyframe).toBe(true);
    }
  });

  test('[H2648] a broken SPS, in band or out of band, is not taken, and makes no unit', () => {
    const cut = SPS.subarray(0, 6);
    const depacketizer = new H264Depacketizer({ spropParameterSets: cut.toString('base64') });
    expect(push(depacketizer, [item(stapA(cut, PPS, IDR), 0, true), item(IDR, 3000, true)])).toEqual([]);
    expect(depacketizer.stats().malformed).toBe(2);
    expect(push(depacketizer, [item(stapA(SPS, PPS, IDR), 6000, true)])).toMatchObject([{ sps: SPS }]);
  });

  test('[H2647] whatever the packets are, it answers, and releases no unit that begins without a keyframe', () => {
    const payloads = fc.oneof(
      fc.constantFrom(SPS, PPS, IDR, SLICE, AUD, stapA(SPS, PPS), ...fuA(IDR, 3), ...fuA(SLICE, 2)),
      fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
    );
    const items = fc.array(fc.tuple(payloads, fc.nat(5), fc.boolean(), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(items, (list) => {
        const depacketizer = new H264Depacketizer();
        let decodable = false;
        for (const [payload, step, marker, isLost] of list) {
          if (isLost) {
            depacketizer.push(lost);
            decodable = false;
          }
          for (const unit of depacketizer.push(item(payload, step * 3000, marker))) {
            decodable ||= unit.keyframe;
            expect(decodable).toBe(true);
          }
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('[SPS1] parseSps', () => {
  // High profile with VUI, cropping and emulation prevention; baseline.
  test.each([
    [SPS.toString('hex'), { profile: 100, level: 40, width: 1920, height: 1080 }],
    ['6742c01fda014016e840', { profile: 66, level: 31, width: 1280, height: 720 }],
  ])('%s', (hex, expected) => {
    expect(parseSps(Buffer.from(hex, 'hex'))).toMatchObject(expected);
  });

  test('answers or throws Malformed', () => {
    const mutated = fc.array(fc.tuple(fc.nat(SPS.length - 1), fc.nat(255)), { maxLength: 6 }).map((edits) => {
      const copy = Buffer.from(SPS);
      for (const [at, byte] of edits) copy[at] = byte;
      return copy;
    });
    fc.assert(
      fc.property(mutated, fc.nat(SPS.length), (nal, length) => {
        try {
          const { height, width } = parseSps(nal.subarray(0, length));
          expect(width * height).toBeGreaterThan(0);
        } catch (cause) {
          expect(cause).toBeInstanceOf(Malformed);
        }
      }),
      { seed: 8, numRuns: 2000 },
    );
  });

  test('emulation prevention is undone exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2, 3, 4, 255), { maxLength: 60 }), (values) => {
        const rbsp = Uint8Array.from([...values, 1]);
        const nal = insertEmulationPrevention(rbsp);
        expect(nal.indexOf(Buffer.of(0, 0, 1))).toBe(-1);
        expect(Buffer.from(removeEmulationPrevention(nal)).equals(Buffer.from(rbsp))).toBe(true);
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});
