import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipeline, type Readable, Transform } from 'node:stream';
import { Fault } from '../../protocol/errors.ts';
import { startNodeChild } from '../../service/child.ts';
import { type ZipPlan, zipSizeSchema } from './plan.ts';

/** Each is a process that reads a disk as fast as its client takes it. */
export const MAX_ZIPS_AT_ONCE = 4;

/** It reads a piece at a time; what it takes grows with the number of files alone. */
const LIMITS = { niceness: 5, memoryBytes: 256 * 1024 ** 2 };

/** Makes ZIPs in processes of their own. */
export class Zips {
  readonly #children = new Set<ChildProcess>();

  /** Being made now. */
  get active(): number {
    return this.#children.size;
  }

  /** @returns the ZIP and its length in bytes. @throws Fault `rate-limited` while MAX_ZIPS_AT_ONCE are being made */
  async make(plan: ZipPlan): Promise<{ output: Readable; bytes: number }> {
    if (this.#children.size >= MAX_ZIPS_AT_ONCE) throw new Fault('rate-limited');
    const child = startNodeChild(join(import.meta.dirname, 'zip-process.ts'), LIMITS);
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    const output = child.stdout;
    if (!output) throw new Fault('internal');
    child.send(plan);
    const failed = once(child, 'exit').then(() => {
      throw new Fault('internal', 'The ZIP could not be made.');
    });
    const { bytes } = zipSizeSchema.parse((await Promise.race([once(child, 'message'), failed]))[0]);
    // Also when the client goes away, or takes the head only.
    output.once('close', () => child.kill('SIGKILL'));
    failed.catch(() => undefined);
    return { output: whole(output, bytes), bytes };
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

/** The same stream, failing when it ends early: a receiver that was promised more would wait for it. */
function whole(source: Readable, bytes: number): Readable {
  let left = bytes;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      done(null, chunk);
    },
    flush(done) {
      done(left === 0 ? null : new Fault('internal', `The ZIP ended ${left} bytes early.`));
    },
  });
  pipeline(source, counting, () => undefined);
  return counting;
}
