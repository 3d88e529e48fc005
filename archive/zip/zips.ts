import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pipeline, type Readable, Transform } from 'node:stream';
import { Fault } from '#protocol/errors.ts';
import { startNodeChild } from '#service/child.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { Turns } from '../work/turns.ts';
import { type ZipPlan, zipNewsSchema, zipSizeSchema } from './plan.ts';

/** Each is a process that reads a disk as fast as its client takes it. */
export const MAX_ZIPS_AT_ONCE = 4;
const MAX_WAITING = 100;
const MAX_WAITING_OF_ONE = 10;
/** A browser shows nothing meanwhile: after this it is better told to come back. */
const MAX_WAIT_MS = 45_000;
/** Who takes nothing for so long is gone, or holds a place for its own sake. */
export const STALL_MS = 60_000;
/** While somebody waits, the slowest reader below this gives way once it has had so long. */
const SLOW_BYTES_PER_SECOND = 256 * 1024;
const GRACE_MS = 60_000;
const LOOK_PERIOD_MS = 5000;
/** It reads a piece at a time; what it takes grows with the number of files alone. */
const LIMITS = { niceness: 5, memoryBytes: 256 * 1024 ** 2 };

/** A ZIP under way. */
interface Making {
  child: ChildProcess;
  sinceMs: number;
  takenBytes: number;
  lastTakenMs: number;
}

/** Makes ZIPs in processes of their own: a few at once, in turns that are fair, none of them held for ever. */
export class Zips {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #turns = new Turns({
    places: MAX_ZIPS_AT_ONCE,
    maxWaiting: MAX_WAITING,
    maxWaitingOfOne: MAX_WAITING_OF_ONE,
  });
  readonly #making = new Set<Making>();
  readonly #endLooking: () => void;
  /** Of those that were ended because they took too little. */
  slow = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
    this.#endLooking = clock.every(LOOK_PERIOD_MS, () => this.#look());
  }

  /** Being made now. */
  get active(): number {
    return this.#making.size;
  }

  /**
   * @param asker for whom
   * @param gone aborted when nobody waits for it any more
   * @returns the ZIP and its length in bytes
   * @throws Fault `rate-limited` when too many wait, or its turn did not come
   */
  async make(plan: ZipPlan, asker: string, gone: AbortSignal): Promise<{ output: Readable; bytes: number }> {
    const late = new AbortController();
    const cancelLate = this.#clock.after(MAX_WAIT_MS, () => late.abort(new Fault('rate-limited')));
    const done = await this.#turns.take(asker, AbortSignal.any([gone, late.signal])).finally(cancelLate);
    const child = startNodeChild(join(import.meta.dirname, 'zip-process.ts'), LIMITS);
    const nowMs = this.#clock.nowMs();
    const making: Making = { child, sinceMs: nowMs, takenBytes: 0, lastTakenMs: nowMs };
    this.#making.add(making);
    const failed = once(child, 'exit')
      .finally(() => {
        this.#making.delete(making);
        done();
      })
      .then(() => {
        throw new Fault('internal', 'The ZIP could not be made.');
      });
    failed.catch(() => undefined);
    const output = child.stdout;
    if (!output) throw new Fault('internal');
    // Also when the client goes away, or takes the head only.
    output.once('close', () => child.kill('SIGKILL'));
    child.send(plan);
    const { bytes } = zipSizeSchema.parse((await Promise.race([once(child, 'message'), failed]))[0]);
    child.on('message', (message) => this.#hear(making, message));
    if (gone.aborted) output.destroy();
    return { output: this.#whole(output, bytes, making), bytes };
  }

  close(): void {
    this.#endLooking();
    for (const { child } of this.#making) child.kill('SIGKILL');
  }

  #hear(making: Making, message: unknown): void {
    const news = zipNewsSchema.parse(message);
    if ('problem' in news) {
      this.#log.error('zip-failed', { cause: news.problem });
      return;
    }
    // Nothing comes that its reader could take, which counts neither as silence nor as slowness.
    const nowMs = this.#clock.nowMs();
    making.sinceMs += nowMs - making.lastTakenMs;
    making.lastTakenMs = nowMs;
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    for (const making of [...this.#making]) {
      if (nowMs - making.lastTakenMs >= STALL_MS) this.#end(making);
    }
    if (this.#turns.waiting === 0) return;
    const pace = ({ sinceMs, takenBytes }: Making) => (takenBytes * 1000) / (nowMs - sinceMs);
    const slow = [...this.#making]
      .filter((making) => nowMs - making.sinceMs >= GRACE_MS && pace(making) < SLOW_BYTES_PER_SECOND)
      .sort((one, other) => pace(one) - pace(other))[0];
    if (slow) this.#end(slow);
  }

  #end(making: Making): void {
    this.slow += 1;
    this.#making.delete(making);
    // Its process goes with it; what lies between it and the reader must not be waited for.
    making.child.stdout?.destroy();
  }

  /** The same stream, failing when it ends early: a receiver that was promised more would wait for it. */
  #whole(source: Readable, bytes: number, making: Making): Readable {
    const counting = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        making.takenBytes += chunk.length;
        making.lastTakenMs = this.#clock.nowMs();
        done(null, chunk);
      },
      flush(done) {
        const left = bytes - making.takenBytes;
        done(left === 0 ? null : new Fault('internal', `The ZIP ended ${left} bytes early.`));
      },
    });
    pipeline(source, counting, () => undefined);
    return counting;
  }
}
