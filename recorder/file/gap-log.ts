import type { GapCause, Interval } from '#protocol/manifest.ts';

export interface Gap extends Interval {
  cause: GapCause;
}

/** What comes on top extends the last one. */
export const MAX_GAPS = 5000;
/** What has not come by then after it was due is no beginning any more: nothing is sent. */
export const BEGINNING_MS = 5000;

/** The times without media that nobody chose, of one track. All times are epoch ms. */
export class GapLog {
  readonly #thresholdMs: number;
  readonly #beginning: 'starting' | 'keyframe';
  readonly #gaps: Gap[] = [];
  /** Media go on from here; undefined while none are due. */
  #dueFromMs: number | undefined;
  /** Nothing has come since they are due. */
  #isBeginning = false;
  /** Undefined while nobody knows better than by whether something has come. */
  #cause: GapCause | undefined;
  /** Media from here on are known to be missing. */
  #interruptedMs: number | undefined;

  /**
   * @param thresholdMs a pause up to this is no gap
   * @param beginning what media of this kind wait for once they are due
   */
  constructor(thresholdMs: number, beginning: 'starting' | 'keyframe') {
    this.#thresholdMs = thresholdMs;
    this.#beginning = beginning;
  }

  /** From here on media are due; no effect when they are already. */
  expect(atMs: number): void {
    if (this.#dueFromMs !== undefined) return;
    this.#dueFromMs = atMs;
    this.#isBeginning = true;
  }

  /** Media of this stretch came. */
  media(fromMs: number, toMs = fromMs): void {
    const isBefore = this.#interruptedMs !== undefined && fromMs < this.#interruptedMs;
    if (!isBefore) this.#end(fromMs);
    this.#dueFromMs = Math.max(this.#dueFromMs ?? toMs, toMs);
  }

  /** None are due any more: muted, switched off. */
  rest(atMs: number): void {
    this.#end(atMs);
    this.#dueFromMs = undefined;
  }

  /** Why the gap that is open, or about to open, is there. */
  blame(cause: GapCause): void {
    // What is late, or lost, after the system has given a device back is the least of it.
    if (this.#cause !== 'system-muted') this.#cause = cause;
  }

  /** Media from here on are missing, up to the next: a gap however short. */
  interrupt(cause: GapCause, fromMs: number): void {
    if (this.#dueFromMs === undefined) return;
    this.#interruptedMs ??= fromMs;
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
    this.#cause = undefined;
    this.#isBeginning = false;
    this.#interruptedMs = undefined;
  }

  #open(toMs: number): Gap | undefined {
    const fromMs = this.#dueFromMs;
    if (fromMs === undefined) return undefined;
    const isBeginning = this.#isBeginning && toMs - fromMs <= BEGINNING_MS;
    const cause = this.#cause ?? (isBeginning ? this.#beginning : 'stalled');
    if (toMs - fromMs > this.#thresholdMs) return { fromMs, toMs, cause };
    const missingMs = this.#interruptedMs;
    if (missingMs === undefined || missingMs >= toMs) return undefined;
    return { fromMs: missingMs, toMs, cause };
  }
}
