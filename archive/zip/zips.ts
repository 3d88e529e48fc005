import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pipeline, type Readable, Transform } from 'node:stream';
import { Fault } from '#protocol/errors.ts';
import { startWork } from '#service/child-work.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { Turns } from '../work/turns.ts';
import { type ZipPlan, zipNewsSchema } from './plan.ts';

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
  readonly #closing = new AbortController();
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
    const signal = AbortSignal.any([gone, late.signal]);
    const done = await this.#turns.take(asker, { signal }).finally(cancelLate);
    const size = Promise.withResolvers<number>();
    const { child, over } = startWork({
      entry: join(import.meta.dirname, 'zip-process.ts'),
      order: plan,
      limits: LIMITS,
      signal: this.#closing.signal,
      news: zipNewsSchema,
      hear: (news) => ('bytes' in news ? size.resolve(news.bytes) : this.#excuse(making)),
    });
    const nowMs = this.#clock.nowMs();
    const making: Making = { child, sinceMs: nowMs, takenBytes: 0, lastTakenMs: nowMs };
    this.#making.add(making);
    const output = child.stdout;
    if (!output) throw new Fault('internal');
    over
      .catch((cause: Error) => {
        // That one of ours is killed is nobody's mistake: its reader is gone, or too slow.
        if (child.signalCode !== 'SIGKILL') this.#log.error('zip-failed', { cause: cause.message });
      })
      .finally(() => {
        this.#making.delete(making);
        done();
        size.reject(new Fault('internal', 'The ZIP could not be made.'));
      });
    // Also when the client goes away, or takes the head only.
    output.once('close', () => child.kill('SIGKILL'));
    const bytes = await size.promise;
    if (gone.aborted) output.destroy();
    return { output: this.#whole(output, bytes, making), bytes };
  }

  close(): void {
    this.#endLooking();
    this.#closing.abort(new Error('closing'));
  }

  /** Nothing comes that its reader could take, which counts neither as silence nor as slowness. */
  #excuse(making: Making): void {
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
