import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCK_BYTES } from '../bytes/blocks.ts';
import { WaitingBytes } from './waiting-bytes.ts';

/** Different at every place, and never the same twice in a row. */
const bytes = (length: number, seed: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 0xff));

test('what goes in comes out, in order, however it is cut and whenever it is written', async () => {
  const lengths = fc.array(fc.oneof(fc.nat(40), fc.nat(2 * BLOCK_BYTES)), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(lengths, { maxLength: 5 }), async (rounds) => {
      const waiting = new WaitingBytes();
      const [given, written]: [Buffer[], Buffer[]] = [[], []];
      for (const round of rounds) {
        for (const length of round) {
          const chunk = bytes(length, given.length);
          given.push(Buffer.from(chunk));
          waiting.append(chunk);
          chunk.fill(0);
        }
        expect(waiting.length).toBe(round.reduce((sum, length) => sum + length, 0));
        await waiting.drain(async (block) => {
          await new Promise(setImmediate);
          written.push(Buffer.from(block));
        });
        expect(waiting.length).toBe(0);
      }
      expect(Buffer.concat(written).equals(Buffer.concat(given))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('what comes while blocks are written waits for the next time, and overwrites nothing', async () => {
  const [one, other] = [new WaitingBytes(), new WaitingBytes()];
  one.append(bytes(3 * BLOCK_BYTES, 1));
  const written: Buffer[] = [];
  await one.drain(async (block) => {
    one.append(bytes(BLOCK_BYTES, 2));
    other.append(bytes(BLOCK_BYTES, 3));
    await new Promise(setImmediate);
    written.push(Buffer.from(block));
  });
  expect(Buffer.concat(written).equals(bytes(3 * BLOCK_BYTES, 1))).toBe(true);
  expect(one.length).toBe(3 * BLOCK_BYTES);
});
