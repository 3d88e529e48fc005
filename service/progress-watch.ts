import type { ProcessSample } from './process-sample.ts';

/** A child that owes an answer and has got nowhere for this long, though it could have, hangs. */
export const HANG_MS = 2000;
/** The next ones have twice as long each, up to this: what looks like hanging again and again is a machine that is busy. */
export const MAX_HANG_MS = 16_000;
/** Verdicts further apart than this have nothing to do with each other. */
const VERDICT_MEMORY_MS = 10_000;

/**
 * Whether a child process hangs, judged by what it could have done: not by the time that passes, since on a busy machine that passes
 * for us, or for the child, without either having had its turn.
 */
export class ProgressWatch {
  #steps: number | undefined;
  #cpuMs = 0;
  #idleMs = 0;

  /** It owes nothing. */
  rest(): void {
    this.#steps = undefined;
  }

  /**
   * @param steps which change with everything that it gets done
   * @param sample undefined where the system does not tell
   * @param passedMs of our own turns since the last look
   * @param patienceMs for one that may still get on
   */
  hangs(steps: number, sample: ProcessSample | undefined, passedMs: number, patienceMs: number): boolean {
    if (steps !== this.#steps) {
      this.#steps = steps;
      this.#cpuMs = sample?.cpuMs ?? 0;
      this.#idleMs = 0;
      return false;
    }
    // It has work, and does nothing although it could; where it is not told what it does, only time can say.
    const { activity } = sample ?? { activity: 'sleeps' };
    if (activity === 'sleeps' || activity === 'stopped') this.#idleMs += passedMs;
    const idleAtMostMs = activity === 'stopped' ? HANG_MS : patienceMs;
    const burntMs = (sample?.cpuMs ?? 0) - this.#cpuMs;
    return this.#idleMs >= idleAtMostMs || burntMs >= patienceMs;
  }
}

/** How long a worker may get nowhere. */
export class Patience {
  #ms = HANG_MS;
  #lastMs = Number.NEGATIVE_INFINITY;

  at(nowMs: number): number {
    return nowMs - this.#lastMs > VERDICT_MEMORY_MS + this.#ms ? HANG_MS : this.#ms;
  }

  /** A worker was found to hang. */
  lost(nowMs: number): void {
    this.#ms = Math.min(MAX_HANG_MS, this.at(nowMs) * 2);
    this.#lastMs = nowMs;
  }
}
