import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Malformed } from '../bytes/malformed.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import {
  type DescriptorFields,
  encodeDescriptor,
  encodeFrameHeader,
  type HeaderFields,
  packetizeVp8,
} from './testing/vp8-packets.ts';
import { MAX_FRAME_BYTES, MAX_FRAME_PIECES, Vp8Depacketizer, type Vp8Frame } from './vp8.ts';
import { parseVp8Payload } from './vp8-descriptor.ts';
import { parseVp8FrameHeader } from './vp8-frame-header.ts';

const SIZE = { width: 640, height: 360 };
const KEYFRAME = Buffer.concat([
  encodeFrameHeader({ keyframe: SIZE, firstPartitionBytes: 40 }),
  Buffer.alloc(110, 1),
]);
const INTERFRAME = Buffer.concat([encodeFrameHeader({ firstPartitionBytes: 10 }), Buffer.alloc(60, 2)]);

/** Descriptors by their bytes (RFC 7741 §4.2). */
const descriptors: [string, DescriptorFields, number[]][] = [
  ['the beginning of a picture', { startsPartition: true, partition: 0 }, [0x10]],
  ['its continuation', { startsPartition: false, partition: 0 }, [0x00]],
  ['another partition', { startsPartition: true, partition: 5 }, [0x15]],
  ['not referred to', { startsPartition: true, partition: 0, nonReference: true }, [0x30]],
  ['PictureID of 7 bits', { startsPartition: true, partition: 0, pictureId: 0x7f }, [0x90, 0x80, 0x7f]],
  ['of 15 bits', { startsPartition: true, partition: 0, pictureId: 0x7abc }, [0x90, 0x80, 0xfa, 0xbc]],
  ['TL0PICIDX', { startsPartition: true, partition: 0, tl0PicIdx: 0x42 }, [0x90, 0x40, 0x42]],
  ['KEYIDX', { startsPartition: false, partition: 1, keyIndex: 0x1f }, [0x81, 0x10, 0x1f]],
  [
    'a temporal layer',
    { startsPartition: true, partition: 0, temporal: { layer: 2, sync: true } },
    [0x90, 0x20, 0xa0],
  ],
  [
    'everything',
    {
      startsPartition: true,
      partition: 0,
      pictureId: 0x0102,
      tl0PicIdx: 3,
      temporal: { layer: 1, sync: false },
      keyIndex: 4,
    },
    [0x90, 0xf0, 0x81, 0x02, 0x03, 0x44],
  ],
];

/** Headers of pictures by their bytes (RFC 6386 §9.1). */
const headers: [string, HeaderFields, number[]][] = [
  [
    'a keyframe',
    { keyframe: SIZE, firstPartitionBytes: 2 },
    [0x50, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01],
  ],
  [
    'a scaled keyframe',
    { keyframe: { width: 1, height: 0x3fff, scale: 3 }, firstPartitionBytes: 0 },
    [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x01, 0xc0, 0xff, 0xff],
  ],
  ['another picture', { firstPartitionBytes: 2 }, [0x51, 0, 0]],
  ['one that is not shown', { firstPartitionBytes: 2, shown: false, version: 3 }, [0x47, 0, 0]],
];

let sequence = 0;
function item(payload: Buffer, timestamp: number, marker = false): OrderedItem {
  sequence += 1;
  return { type: 'packet', sequence, timestamp, marker, payload, arrivalMs: timestamp / 90 };
}

function packets(frame: Buffer, timestamp: number, pictureId = timestamp / 3000): OrderedItem[] {
  const payloads = packetizeVp8(frame, pictureId, 50);
  return payloads.map((payload, index) => item(payload, timestamp, index === payloads.length - 1));
}

const lost: OrderedItem = { type: 'lost', fromSequence: 0, count: 1, hop: 'unknown', sinceMs: 0, nowMs: 0 };

function push(depacketizer: Vp8Depacketizer, items: OrderedItem[]): Vp8Frame[] {
  return items.flatMap((one) => depacketizer.push(one));
}

function started(): Vp8Depacketizer {
  const depacketizer = new Vp8Depacketizer();
  expect(push(depacketizer, packets(KEYFRAME, 0))).toHaveLength(1);
  return depacketizer;
}

describe('the payload descriptor', () => {
  test.each(descriptors)('[VP81] %s', (_, fields, bytes) => {
    expect([...encodeDescriptor(fields)]).toEqual(bytes);
    const { partition, pictureId, startsPartition } = fields;
    const { data, descriptor } = parseVp8Payload(Buffer.from([...bytes, 7, 8, 9]));
    expect(descriptor).toEqual({ startsPartition, partition, pictureId });
    expect([...data]).toEqual([7, 8, 9]);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => parseVp8Payload(Buffer.from(bytes.slice(0, length)))).toThrow(Malformed);
  });
});

describe('the header of a picture', () => {
  test.each(headers)('[VP82] %s', (_, fields, bytes) => {
    expect([...encodeFrameHeader(fields)]).toEqual(bytes);
    const size = fields.keyframe && { width: fields.keyframe.width, height: fields.keyframe.height };
    const data = Buffer.from([...bytes, 1, 2]);
    expect(parseVp8FrameHeader(data)).toEqual({ keyframe: size, shown: fields.shown ?? true });
    const needed = bytes.length + fields.firstPartitionBytes;
    for (let length = 0; length < needed; length += 1)
      expect(() => parseVp8FrameHeader(data.subarray(0, length))).toThrow(Malformed);
  });

  test.each([
    ['no width', { keyframe: { width: 0, height: 16 }, firstPartitionBytes: 0 }],
    [
      'more than a decoder should reserve',
      { keyframe: { width: 8192, height: 4608 }, firstPartitionBytes: 0 },
    ],
    ['an unknown version', { version: 4, firstPartitionBytes: 0 }],
  ] as [string, HeaderFields][])('[VP82] %s is refused', (_, fields) => {
    expect(() => parseVp8FrameHeader(encodeFrameHeader(fields))).toThrow(Malformed);
  });

  test('[VP82] a keyframe without its start code is refused', () => {
    expect(() => parseVp8FrameHeader(Buffer.from(KEYFRAME.with(4, 2)))).toThrow(Malformed);
  });
});

describe('Vp8Depacketizer', () => {
  test('[VP83] a picture is put together from its packets, up to the marker or the next timestamp', () => {
    const depacketizer = new Vp8Depacketizer();
    expect(push(depacketizer, packets(KEYFRAME, 0))).toEqual([
      { timestamp: 0, data: KEYFRAME, keyframe: SIZE, shown: true, arrivalMs: 0 },
    ]);
    const unmarked = packets(INTERFRAME, 3000).map((one) => ({ ...one, marker: false }));
    expect(push(depacketizer, unmarked)).toEqual([]);
    expect(push(depacketizer, packets(INTERFRAME, 6000))).toMatchObject([
      { timestamp: 3000, data: INTERFRAME, keyframe: undefined },
      { timestamp: 6000 },
    ]);
    push(depacketizer, unmarked);
    expect(depacketizer.flush()).toMatchObject([{ data: INTERFRAME }]);
    expect(depacketizer.stats()).toEqual({ released: 4, keyframes: 1, dropped: 0, malformed: 0 });
  });

  test('[VP83] partitions of their own, as some senders have them, make the same picture', () => {
    const bounds = [0, 60, 90, KEYFRAME.length];
    const payloads = bounds.slice(1).map((end, partition) => {
      const descriptor = encodeDescriptor({ startsPartition: true, partition });
      return Buffer.concat([descriptor, KEYFRAME.subarray(bounds[partition], end)]);
    });
    const items = payloads.map((payload, index) => item(payload, 0, index === payloads.length - 1));
    expect(push(new Vp8Depacketizer(), items)).toMatchObject([{ data: KEYFRAME }]);
  });

  test('[VP83] before the first keyframe nothing is released, and packets of padding change nothing', () => {
    const depacketizer = new Vp8Depacketizer();
    expect(depacketizer.needsKeyframe).toBe(true);
    expect(push(depacketizer, packets(INTERFRAME, 0))).toEqual([]);
    const [head, ...tail] = packets(KEYFRAME, 3000) as [OrderedItem, ...OrderedItem[]];
    const padding = item(Buffer.alloc(0), 3000);
    expect(push(depacketizer, [padding, head, padding, ...tail])).toMatchObject([{ data: KEYFRAME }]);
    expect(depacketizer.needsKeyframe).toBe(false);
  });

  test('[VP84] after a loss nothing is released until the next whole keyframe', () => {
    const [head, middle, tail] = packets(KEYFRAME, 6000) as [OrderedItem, OrderedItem, OrderedItem];
    const losses: [string, OrderedItem[]][] = [
      ['between pictures', [lost]],
      ['of a beginning', [lost, middle, tail]],
      ['of a middle', [head, lost, tail]],
      ['of an end', [head, middle, lost]],
      ['of another sequence', [head, { type: 'reset', nowMs: 0 }]],
    ];
    for (const [, items] of losses) {
      const depacketizer = started();
      expect(push(depacketizer, items)).toEqual([]);
      expect(depacketizer.needsKeyframe).toBe(true);
      expect(push(depacketizer, packets(INTERFRAME, 9000))).toEqual([]);
      expect(depacketizer.stats().malformed).toBe(0);
      expect(push(depacketizer, packets(KEYFRAME, 12_000))).toMatchObject([{ timestamp: 12_000 }]);
      expect(push(depacketizer, packets(INTERFRAME, 15_000))).toHaveLength(1);
    }
  });

  test('[VP84] a keyframe that begins right behind a loss is whole', () => {
    const depacketizer = started();
    expect(push(depacketizer, [lost, ...packets(KEYFRAME, 3000)])).toMatchObject([{ timestamp: 3000 }]);
  });

  const [first, second, last] = packetizeVp8(KEYFRAME, 1, 50) as [Buffer, Buffer, Buffer];
  const [, ofAnother] = packetizeVp8(KEYFRAME, 2, 50) as [Buffer, Buffer];
  const continued = (partition: number) =>
    Buffer.concat([encodeDescriptor({ startsPartition: true, partition }), Buffer.alloc(20, 1)]);
  const plain = Buffer.concat([encodeDescriptor({ startsPartition: true, partition: 0 }), KEYFRAME]);
  test.each([
    ['one without its beginning', [second, last]],
    ['one that begins twice', [first, first, second]],
    ['packets of two pictures', [first, ofAnother, last]],
    ['partitions that go backwards', [plain, continued(2), continued(1)]],
    ['one that is cut off in its first partition', [first.subarray(0, 40)]],
    ['a keyframe without a size', [first.subarray(0, 14)]],
    ['a payload without data', [first.subarray(0, 6)]],
    ['a descriptor that is cut off', [first.subarray(0, 2)]],
  ])('[VP85] %s is dropped, and a keyframe is wanted', (_, payloads) => {
    const depacketizer = started();
    const items = payloads.map((payload, i) => item(payload, 3000, i === payloads.length - 1));
    expect(push(depacketizer, [...items, ...packets(INTERFRAME, 6000)])).toEqual([]);
    expect(depacketizer.needsKeyframe).toBe(true);
    expect(depacketizer.stats().malformed).toBe(1);
    expect(push(depacketizer, packets(KEYFRAME, 9000))).toHaveLength(1);
  });

  test('[H2649] a picture beyond what is recorded is told, and not asked for again until something else comes', () => {
    const huge = encodeFrameHeader({ keyframe: { width: 8192, height: 4608 }, firstPartitionBytes: 0 });
    const depacketizer = started();
    expect(push(depacketizer, packets(Buffer.concat([huge, INTERFRAME]), 3000))).toEqual([]);
    expect(depacketizer.isUnsupported).toBe(true);
    expect(depacketizer.needsKeyframe).toBe(false);
    depacketizer.push(lost);
    expect(depacketizer.needsKeyframe).toBe(true);
    expect(push(depacketizer, packets(KEYFRAME, 6000))).toHaveLength(1);
    expect(depacketizer.isUnsupported).toBe(false);
  });

  test('[VP86] a picture that never ends is bounded, in bytes and in packets', () => {
    const more = (bytes: number) => Buffer.concat([Buffer.of(0), Buffer.alloc(bytes)]);
    for (const [bytes, times] of [
      [60_000, MAX_FRAME_BYTES / 60_000 + 2],
      [1, MAX_FRAME_PIECES + 2],
    ] as const) {
      const depacketizer = started();
      depacketizer.push(item(plain, 3000));
      for (let i = 0; i < times; i += 1) depacketizer.push(item(more(bytes), 3000));
      expect(depacketizer.stats().malformed).toBe(1);
      expect(push(depacketizer, packets(KEYFRAME, 6000))).toMatchObject([{ timestamp: 6000 }]);
    }
  });

  test('[VP87] whatever the packets are, it answers, and releases no picture that follows none', () => {
    const known = [
      ...descriptors.map(([, , bytes]) => Buffer.from([...bytes, ...INTERFRAME])),
      ...headers.map(([, , bytes]) => Buffer.from([0x10, ...bytes, 1, 2])),
      ...packetizeVp8(KEYFRAME, 1, 50),
      ...packetizeVp8(INTERFRAME, 2, 50),
    ];
    const payloads = fc.oneof(
      fc.constantFrom(...known),
      fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array)),
    );
    const items = fc.array(fc.tuple(payloads, fc.nat(5), fc.boolean(), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(items, (list) => {
        const depacketizer = new Vp8Depacketizer();
        let decodable = false;
        for (const [payload, step, marker, isLost] of list) {
          if (isLost) {
            depacketizer.push(lost);
            decodable = false;
          }
          const before = Buffer.from(payload);
          for (const frame of depacketizer.push(item(payload, step * 3000, marker))) {
            decodable ||= frame.keyframe !== undefined;
            expect(decodable).toBe(true);
          }
          expect(payload.equals(before)).toBe(true);
        }
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
