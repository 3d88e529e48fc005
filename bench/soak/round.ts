import { systemClock } from '#service/clock.ts';

/** A stretch of the soak in which people come and go, until all of them leave. */
export class Round {
  readonly number: number;
  readonly lengthMs: number;
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  constructor(number: number, lengthMs: number) {
    this.number = number;
    this.lengthMs = lengthMs;
    systemClock.after(lengthMs, () => {
      this.#isOver = true;
      for (const wake of [...this.#waiting]) wake();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves after this time, or when the round is over. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isOver) return resolve();
      const wake = (): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = systemClock.after(ms, wake);
      this.#waiting.add(wake);
    });
  }
}
