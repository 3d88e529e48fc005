import type { Interval } from '#protocol/manifest.ts';

/** What comes on top extends the last one. */
export const MAX_INTERVALS = 5000;

/** The times during which something held (muted, camera off), as the manifest lists them. */
export class IntervalLog {
  readonly #closed: Interval[] = [];
  #openMs: number | undefined;

  /** It holds from here on; no effect when it does already. */
  open(atMs: number): void {
    this.#openMs ??= atMs;
  }

  close(atMs: number): void {
    if (this.#openMs === undefined) return;
    const last = this.#closed.at(-1);
    if (last && this.#closed.length >= MAX_INTERVALS) last.toMs = Math.max(last.toMs, atMs);
    else if (atMs > this.#openMs) this.#closed.push({ fromMs: this.#openMs, toMs: atMs });
    this.#openMs = undefined;
  }

  /** All intervals; one that is still open ends at `nowMs`. */
  until(nowMs: number): Interval[] {
    if (this.#openMs === undefined || nowMs <= this.#openMs) return [...this.#closed];
    return [...this.#closed, { fromMs: this.#openMs, toMs: nowMs }];
  }
}
