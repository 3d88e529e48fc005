import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Malformed } from '../bytes/malformed.ts';
import { FlvStream } from './flv-stream.ts';
import { encodeTag, FLV_HEADER, TAG_TYPE } from './flv-tag.ts';

const contents = [Buffer.alloc(0), Buffer.from('a tag'), Buffer.alloc(70_000, 7)];
const file = Buffer.concat([
  FLV_HEADER,
  ...contents.flatMap((data, index) => encodeTag(TAG_TYPE.video, index * 2 ** 25, [data])),
]);

test('[FLV14] a stream is read in pieces of any length, each tag once it is whole', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 30 }), (lengths) => {
      const stream = new FlvStream();
      const tags = [];
      let offset = 0;
      for (const length of [...lengths, file.length]) {
        tags.push(...stream.push(file.subarray(offset, offset + length)));
        offset += length;
      }
      expect(tags.map(({ timestampMs }) => timestampMs)).toEqual([0, 2 ** 25, 2 ** 26]);
      expect(tags.map(({ data }) => data)).toEqual(contents);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('[FLV14] what is not FLV is refused, and nothing else escapes', () => {
  expect(() => new FlvStream().push(Buffer.alloc(13, 1))).toThrow(Malformed);
  const pieces = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, fc.boolean(), (list, begins) => {
      const stream = new FlvStream();
      try {
        if (begins) stream.push(FLV_HEADER);
        for (const piece of list) stream.push(Buffer.from(piece));
      } catch (cause) {
        expect(cause).toBeInstanceOf(Malformed);
      }
    }),
    { seed: 7, numRuns: 500 },
  );
});
