import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_BYTES } from './blocks.ts';
import { HeldBytes } from './held-bytes.ts';

const piece = (length: number, seed: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 0xff));

test('what is held stays as it was until it is let go of, whatever else comes and goes', () => {
  const length = fc.oneof(fc.nat(40), fc.nat(BLOCK_BYTES / 2), fc.nat(3 * BLOCK_BYTES));
  const step = fc.record({
    holder: fc.nat(2),
    lengths: fc.array(length, { maxLength: 6 }),
    release: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const holders = [0, 1, 2].map(() => ({ held: new HeldBytes(), pieces: [] as [Buffer, Buffer][] }));
      steps.forEach(({ holder, lengths, release }, seed) => {
        const { held, pieces } = holders[holder] as (typeof holders)[number];
        for (const bytes of lengths) {
          const given = piece(bytes, seed);
          pieces.push([held.hold(given), Buffer.from(given)]);
          given.fill(0);
        }
        const released = Math.min(release, pieces.length);
        pieces.splice(0, released);
        held.release(released);
        for (const own of holders)
          for (const [copy, original] of own.pieces) expect(copy.equals(original)).toBe(true);
      });
    }),
    { numRuns: 60 },
  );
});

test('what was let go of is used again', () => {
  const held = new HeldBytes();
  const picture = piece(6000, 1);
  const waiting = 20;
  const memory = new Set<ArrayBufferLike>();
  for (let i = 0; i < 10_000; i += 1) {
    memory.add(held.hold(picture).buffer);
    if (i >= waiting) held.release(1);
  }
  expect(memory.size).toBeLessThanOrEqual(Math.ceil((waiting * picture.length) / BLOCK_BYTES) + 2);
});
