/** Errors kept; when they are full, every other one is dropped and from then on every other one taken. */
const CAPACITY = 1024;

/** Quantiles of a long series in bounded memory, every part of it weighing the same. */
export class ErrorSample {
  #values: number[] = [];
  #stride = 1;
  #seen = 0;
  #max = 0;

  add(errorMs: number): void {
    const value = Math.abs(errorMs);
    this.#max = Math.max(this.#max, value);
    if (this.#seen % this.#stride === 0) this.#values.push(value);
    this.#seen += 1;
    if (this.#values.length < CAPACITY) return;
    this.#values = this.#values.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** Undefined before the first error. */
  summary(): { samples: number; p50ErrorMs: number; p95ErrorMs: number; maxErrorMs: number } | undefined {
    if (this.#seen === 0) return undefined;
    const sorted = this.#values.toSorted((a, b) => a - b);
    const quantile = (q: number) =>
      sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
    return {
      samples: this.#seen,
      p50ErrorMs: quantile(0.5),
      p95ErrorMs: quantile(0.95),
      maxErrorMs: this.#max,
    };
  }
}
