import type { Clock } from '../clock.ts';

interface Timer {
  dueMs: number;
  periodMs: number | undefined;
  task: () => void;
}

/** A clock that a test moves by hand; timers that fall due run in order, each at its own instant. */
export class ManualClock implements Clock {
  #nowMs: number;
  #wallAheadMs = 0;
  readonly #timers = new Set<Timer>();

  constructor(nowMs = 1_790_000_000_000) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs + this.#wallAheadMs;
  }

  upMs(): number {
    return this.#nowMs;
  }

  /** Somebody, or NTP, sets the wall clock: everything else goes on as before. */
  stepWall(byMs: number): void {
    this.#wallAheadMs += byMs;
  }

  after(delayMs: number, task: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + delayMs, periodMs: undefined, task });
  }

  every(periodMs: number, task: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + periodMs, periodMs, task });
  }

  /** Timers still waiting: a closed object must leave none. */
  get pending(): number {
    return this.#timers.size;
  }

  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.periodMs === undefined) this.#timers.delete(next);
      else next.dueMs = this.#nowMs + next.periodMs;
      next.task();
    }
    this.#nowMs = endMs;
  }

  /** Time passes while nothing runs, as for a process that is stopped: what fell due comes late, with the next `advance`. */
  stall(byMs: number): void {
    this.#nowMs += byMs;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(endMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }
}
