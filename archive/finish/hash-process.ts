import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type HashAnswer, hashOrderSchema } from './hash-messages.ts';

/** A process of its own that computes sums, one file after the other: megabytes of them must not hold up the archive. */
let work = Promise.resolve();

process.on('message', (message) => {
  const { id, path } = hashOrderSchema.parse(message);
  work = work.then(async () => {
    process.send?.(await hash(id, path));
  });
});
// The archive is gone: nobody waits any more.
process.once('disconnect', () => process.exit());

async function hash(id: number, path: string): Promise<HashAnswer> {
  const sum = createHash('sha256');
  try {
    await pipeline(createReadStream(path), sum);
    return { id, sha256: sum.digest('hex') };
  } catch (cause) {
    return { id, problem: (cause as Error).message };
  }
}
