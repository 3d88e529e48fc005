import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import { inTurn } from '#service/in-turn.ts';
import { type HashAnswer, hashOrderSchema } from './hash-messages.ts';

/** A process of its own that computes sums, one file after the other: megabytes of them must not hold up the archive. */
const queue = inTurn();

process.on('message', (message) => {
  const { id, path } = hashOrderSchema.parse(message);
  queue(async () => process.send?.(await hash(id, path)));
});
// The archive is gone: nobody waits any more.
process.once('disconnect', () => process.exit());

async function hash(id: number, path: string): Promise<HashAnswer> {
  const sum = createHash('sha256');
  let crc = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      sum.update(chunk as Buffer);
      crc = crc32(chunk as Buffer, crc);
    }
    return { id, sha256: sum.digest('hex'), crc32: crc.toString(16).padStart(8, '0') };
  } catch (cause) {
    return { id, problem: (cause as Error).message };
  }
}
