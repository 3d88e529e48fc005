import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from './json-pieces.ts';

test('the pieces are the JSON of the whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), async (value) => {
      let text = '';
      for await (const piece of jsonPieces({ value, left: undefined })) text += piece;
      expect(text).toBe(JSON.stringify({ value }));
    }),
    { seed: 20261130, numRuns: 500 },
  );
});
