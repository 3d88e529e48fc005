import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BitWriter } from '../bytes/bit-writer.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import { type AccessUnit, H264Depacketizer, MAX_UNIT_BYTES, MAX_UNIT_PIECES } from './h264.ts';
import { MAX_SET_BYTES, MAX_SETS_BYTES } from './parameter-sets.ts';
import { encodeSps } from './testing/sps-fields.ts';

const SPS = Buffer.from('67640028acd940780227e5c044000003000400000300f03c60c658', 'hex');
const PPS = Buffer.from('68ebe3cb22c0', 'hex');
// first_mb_in_slice 1, slice_type 0001000, pic_parameter_set_id 1: macroblock 0, I, PPS 0.
const IDR = Buffer.concat([Buffer.of(0x65, 0x88, 0x84), Buffer.alloc(30, 1)]);
// 011, 0001000, 1: macroblock 2, I, PPS 0.
const SECOND_IDR_SLICE = Buffer.concat([Buffer.of(0x65, 0x62, 0x20), Buffer.alloc(30, 2)]);
// 1, 00110, 1: macroblock 0, P, PPS 0.
const SLICE = Buffer.concat([Buffer.of(0x41, 0x9a), Buffer.alloc(20, 2)]);
// 010, 1: PPS 1 of SPS 0; and a keyframe that uses it.
const PPS_1 = Buffer.of(0x68, 0x5b, 0xe3);
const IDR_OF_PPS_1 = Buffer.concat([Buffer.of(0x65, 0x88, 0x48), Buffer.alloc(30, 3)]);
// The same size as SPS, at level 3.1.
const OTHER_SPS = Buffer.from(SPS.with(3, 31));
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

function sprop(...sets: Buffer[]): string {
  return sets.map((set) => set.toString('base64')).join(',');
}

const lost: OrderedItem = { type: 'lost', fromSequence: 0, count: 1, hop: 'unknown', sinceMs: 0, nowMs: 0 };

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
    const depacketizer = new H264Depacketizer({ spropParameterSets: sprop(SPS, PPS) });
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

  test('[H2644] a keyframe whose first slice was lost with the end of the picture before is not whole', () => {
    const between = started();
    expect(push(between, [lost, item(SECOND_IDR_SLICE, 3000, true)])).toEqual([]);
    const across = started();
    expect(push(across, [item(SLICE, 3000), lost, item(SECOND_IDR_SLICE, 6000, true)])).toEqual([]);
    const probed = started();
    const padding = item(Buffer.alloc(0), 0);
    expect(push(probed, [lost, padding, item(SECOND_IDR_SLICE, 3000, true)])).toEqual([]);
    const joinedLate = new H264Depacketizer({ spropParameterSets: sprop(SPS, PPS) });
    expect(push(joinedLate, [item(SECOND_IDR_SLICE, 0, true)])).toEqual([]);
    for (const depacketizer of [between, across, probed, joinedLate]) {
      expect(depacketizer.needsKeyframe).toBe(true);
      const [unit] = push(depacketizer, [
        item(stapA(SPS, PPS), 9000),
        item(IDR, 9000),
        item(SECOND_IDR_SLICE, 9000, true),
      ]);
      expect(unit?.nals).toEqual([IDR, SECOND_IDR_SLICE]);
    }
  });

  test('[H2644] a keyframe whose parameter sets may be lost is not decoded with old ones', () => {
    const depacketizer = started();
    expect(push(depacketizer, [lost, item(IDR, 3000, true)])).toEqual([]);
    expect(push(depacketizer, [lost, item(stapA(OTHER_SPS, PPS, IDR), 6000, true)])).toMatchObject([
      { sps: OTHER_SPS },
    ]);
    const outOfBand = new H264Depacketizer({ spropParameterSets: sprop(SPS, PPS) });
    expect(push(outOfBand, [item(IDR, 0, true), lost, item(IDR, 3000, true)])).toHaveLength(2);
  });

  test('[H2643] a keyframe is decoded with the sets that it names; the others come with it', () => {
    const depacketizer = new H264Depacketizer();
    const units = push(depacketizer, [
      item(stapA(SPS, PPS, PPS_1, IDR_OF_PPS_1), 0, true),
      item(stapA(PPS, SLICE), 3000, true),
      item(stapA(Buffer.concat([PPS, Buffer.of(0x80)]), SLICE), 6000, true),
      item(IDR, 9000, true),
    ]);
    expect(units.map(({ pps }) => pps)).toEqual([PPS_1, PPS_1, PPS_1, Buffer.concat([PPS, Buffer.of(0x80)])]);
    expect(units.map(({ nals }) => nals.map((nal) => nal.readUInt8(0) & 0x1f))).toEqual([
      [5],
      [1],
      [8, 1],
      [5],
    ]);
    expect(units.map(({ otherPps }) => otherPps)).toEqual([[PPS], undefined, undefined, [PPS_1]]);
    expect(push(started(), [item(IDR_OF_PPS_1, 3000, true)])).toEqual([]);
  });

  test('[H2644] whatever is lost, only whole pictures come out, and each follows the one that it refers to', () => {
    // Each picture names its number in every slice, so that mixtures and gaps show.
    const slices = (picture: number) =>
      [0, 1, 2].map((part) => {
        const head = picture % 6 === 0 ? (part === 0 ? IDR : SECOND_IDR_SLICE) : SLICE;
        return Buffer.concat([head, Buffer.of(picture, part)]);
      });
    const packets = Array.from({ length: 30 }, (_, picture) => {
      const sets = picture % 6 === 0 ? [stapA(SPS, PPS)] : [];
      const payloads = [...sets, ...slices(picture).flatMap((nal, i) => (i === 1 ? fuA(nal, 3) : [nal]))];
      return payloads.map((payload, i) => item(payload, picture * 3000, i === payloads.length - 1));
    }).flat();
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(packets.length - 1), { maxLength: 25 }), (missing) => {
        const depacketizer = new H264Depacketizer();
        const units = packets.flatMap((packet, i) => depacketizer.push(missing.includes(i) ? lost : packet));
        let last: number | undefined;
        for (const { nals, timestamp } of [...units, ...depacketizer.flush()]) {
          const picture = timestamp / 3000;
          expect(nals).toEqual(slices(picture));
          if (picture % 6 !== 0) expect(picture).toBe((last ?? Number.NaN) + 1);
          last = picture;
        }
        if (missing.length === 0) expect(units).toHaveLength(30);
      }),
      { seed: 10, numRuns: 300, examples: [[[]]] },
    );
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

  const [first, middle] = fuA(IDR, 3) as [Buffer, Buffer];
  const [, ofAnother] = fuA(SLICE, 3) as [Buffer, Buffer];
  test.each([
    ['a STAP-A that is cut off', [Buffer.of(0x78, 0xff)]],
    ['a STAP-A with an empty unit', [Buffer.of(0x78, 0, 0)]],
    ['a fragment without its header', [Buffer.of(28)]],
    ['FU-B, of mode 2', [Buffer.of(0x1d, 1)]],
    ['the F bit', [Buffer.concat([Buffer.of(0xc1), SLICE.subarray(1)])]],
    ['a fragment without its end', [first]],
    ['a fragment without its beginning', [middle]],
    ['a beginning twice', [first, first]],
    ['fragments of two units mixed', [first, ofAnother]],
    ['a whole unit between fragments', [first, SLICE]],
    ['a parameter set beyond its bound', [Buffer.concat([SPS, Buffer.alloc(MAX_SET_BYTES)])]],
    ['a parameter set that is cut off', [SPS.subarray(0, 6)]],
  ])('[H2646] %s is dropped, and a keyframe is wanted', (_, payloads) => {
    const depacketizer = started();
    const items = payloads.map((payload, i) => item(payload, 3000, i === payloads.length - 1));
    expect(push(depacketizer, [...items, item(SLICE, 6000, true)])).toEqual([]);
    expect(depacketizer.needsKeyframe).toBe(true);
    expect(depacketizer.stats().malformed).toBe(1);
    expect(push(depacketizer, [item(IDR, 9000, true)])).toHaveLength(1);
  });

  test('[H2649] a picture beyond what is recorded is refused, told, and not asked for again until something else comes', () => {
    const depacketizer = started();
    const huge = encodeSps({ profile: 66, level: 62, widthMbs: 1055, heightUnits: 1055 });
    expect(push(depacketizer, [item(stapA(huge, PPS, IDR), 3000, true)])).toEqual([]);
    expect(depacketizer.isUnsupported).toBe(true);
    expect(depacketizer.needsKeyframe).toBe(false);
    // Nor is what came before any use with it.
    expect(push(depacketizer, [item(SLICE, 6000, true), item(IDR, 9000, true)])).toEqual([]);
    depacketizer.push(lost);
    expect(depacketizer.needsKeyframe).toBe(true);
    expect(push(depacketizer, [item(stapA(SPS, PPS, IDR), 12_000, true)])).toHaveLength(1);
    expect(depacketizer.isUnsupported).toBe(false);
  });

  test('[H26410] the parameter sets of a stream are bounded in all, since they are written again and again', () => {
    const depacketizer = started();
    const large = (id: number) => {
      const bits = new BitWriter();
      bits.unsignedExpGolomb(id);
      bits.unsignedExpGolomb(0);
      return Buffer.concat([Buffer.of(0x68), bits.finish(), Buffer.alloc(1900, 0xff)]);
    };
    for (let id = 1; id < 256; id += 1) push(depacketizer, [item(large(id), 3000 * id, true)]);
    const [unit] = push(depacketizer, [item(stapA(SPS, PPS, IDR), 900_000, true)]);
    const bytes = unit?.otherPps?.reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(MAX_SETS_BYTES);
  });

  test('[H2648] a unit that never ends is bounded, in bytes and in pieces', () => {
    const [beginning, more] = [
      Buffer.of(0x7c, 0x85, 0x88),
      Buffer.concat([Buffer.of(0x7c, 0x05), Buffer.alloc(60_000)]),
    ];
    const endless = [
      { payloads: [beginning, more], times: MAX_UNIT_BYTES / 60_000 + 2 },
      { payloads: [Buffer.of(0x41)], times: MAX_UNIT_PIECES + 2 },
      { payloads: [beginning, more.subarray(0, 2)], times: MAX_UNIT_PIECES + 2 },
    ];
    for (const { payloads, times } of endless) {
      const depacketizer = started();
      for (let i = 0; i < times; i += 1)
        depacketizer.push(item(payloads[Math.min(i, payloads.length - 1)] as Buffer, 3000));
      expect(depacketizer.stats().malformed).toBeGreaterThan(0);
      expect(push(depacketizer, [item(SLICE, 3000, true), item(IDR, 6000, true)])).toMatchObject([
        { timestamp: 6000 },
      ]);
    }
  });

  test('[H2647] whatever the packets are, it answers, and releases no unit that begins without a keyframe', () => {
    const payloads = fc.oneof(
      fc.constantFrom(SPS, PPS, PPS_1, IDR, SLICE, AUD, stapA(SPS, PPS), ...fuA(IDR, 3), ...fuA(SLICE, 2)),
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
