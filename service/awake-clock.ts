import type { Clock } from './clock.ts';

/** How often it is looked whether we run. */
export const LOOK_MS = 50;
/** So much time passes at most from one look to the next: a timer is late by some ms on any machine. */
export const MOST_AT_ONCE_MS = 150;

/**
 * Time in which we could have seen what others do: it stands still while our process does not run, because it was
 * stopped, or the machine is busy with others or slept [STALL2]. For how long somebody has kept silent, not for when
 * something happened.
 */
export class AwakeClock implements Clock {
  readonly #clock: Clock;
  readonly #stopLooking: () => void;
  #lookedMs: number;
  /** Time that passed while we did not run. */
  #missedMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lookedMs = clock.nowMs();
    this.#stopLooking = clock.every(LOOK_MS, () => this.#look());
  }

  nowMs(): number {
    return Math.min(this.#clock.nowMs(), this.#lookedMs + MOST_AT_ONCE_MS) - this.#missedMs;
  }

  wallMs(): number {
    return this.#clock.wallMs();
  }

  upMs(): number {
    return this.#clock.upMs();
  }

  after(delayMs: number, task: () => void): () => void {
    const dueMs = this.nowMs() + delayMs;
    let cancel = (): void => undefined;
    const wait = (): void => {
      cancel = this.#clock.after(Math.max(0, dueMs - this.nowMs()), () => {
        if (this.nowMs() < dueMs) wait();
        else task();
      });
    };
    wait();
    return () => cancel();
  }

  every(periodMs: number, task: () => void): () => void {
    return this.#clock.every(periodMs, task);
  }

  close(): void {
    this.#stopLooking();
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    this.#missedMs += Math.max(0, nowMs - this.#lookedMs - MOST_AT_ONCE_MS);
    this.#lookedMs = nowMs;
  }
}
