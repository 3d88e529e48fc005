import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ItemPacker, unpackItems } from './packed-items.ts';

test('items come out as they went in, also when the message lies inside a larger buffer', () => {
  const item = fc.record({
    stream: fc.nat(),
    value: fc.double({ noNaN: true }),
    bytes: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const packer = new ItemPacker();
      for (const { bytes, stream, value } of items) packer.add(stream, value, bytes);
      expect(packer.count).toBe(items.length);
      expect(packer.bytes).toBe(items.reduce((sum, { bytes }) => sum + bytes.length, 0));
      const packed = packer.pack();
      const around = Buffer.concat([Buffer.of(1, 2, 3), packed.bytes, Buffer.of(4)]);
      const bytes = new Uint8Array(around.buffer, around.byteOffset + 3, packed.bytes.length);
      expect(unpackItems({ ...packed, bytes })).toEqual(items);
    }),
    { seed: 5, numRuns: 200 },
  );
});
