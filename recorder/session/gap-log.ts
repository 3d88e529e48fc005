import type { Interval } from '../../protocol/manifest.ts';

export type GapCause = 'stalled' | 'lost' | 'disk-slow' | 'audio-worker-lost';

export interface Gap extends Interval {
  cause: GapCause;
}

/** What comes on top extends the last one. */
export const MAX_GAPS = 5000;

/** The times without media that nobody chose, of one track. All times are epoch ms. */
export class GapLog {
  readonly #thresholdMs: number;
  readonly #gaps: Gap[] = [];
  /** Media go on from here; undefined while none are due. */
  #dueFromMs: number | undefined;
  #cause: GapCause = 'stalled';

  /** @param thresholdMs a pause up to this is no gap */
  constructor(thresholdMs: number) {
    this.#thresholdMs = thresholdMs;
  }

  /** From here on media are due; no effect when they are already. */
  expect(atMs: number): void {
    this.#dueFromMs ??= atMs;
  }

  /** Media of this stretch came. */
  media(fromMs: number, toMs = fromMs): void {
    this.#end(fromMs);
    this.#dueFromMs = Math.max(this.#dueFromMs ?? toMs, toMs);
    this.#cause = 'stalled';
  }

  /** None are due any more: muted, switched off. */
  rest(atMs: number): void {
    this.#end(atMs);
    this.#dueFromMs = undefined;
    this.#cause = 'stalled';
  }

  /** Why the gap that is open, or about to open, is there. */
  blame(cause: GapCause): void {
    this.#cause = cause;
  }

  note(gap: Gap): void {
    const last = this.#gaps.at(-1);
    if (last && this.#gaps.length >= MAX_GAPS) last.toMs = gap.toMs;
    else this.#gaps.push(gap);
  }

  /** All gaps; one that is still open ends at `nowMs`. */
  until(nowMs: number): readonly Gap[] {
    const open = this.#open(nowMs);
    return open ? [...this.#gaps, open] : this.#gaps;
  }

  #end(atMs: number): void {
    const gap = this.#open(atMs);
    if (gap) this.note(gap);
  }

  #open(toMs: number): Gap | undefined {
    const fromMs = this.#dueFromMs;
    if (fromMs === undefined || toMs - fromMs <= this.#thresholdMs) return undefined;
    return { fromMs, toMs, cause: this.#cause };
  }
}
