import type { Interval } from '../../protocol/manifest.ts';
import type { InterruptionCause } from '../transcode/picture-transcoder.ts';

export type GapCause = 'stalled' | 'late' | 'lost' | 'disk-slow' | 'audio-worker-lost' | InterruptionCause;

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
  /** Media from here on are known to be missing. */
  #interruptedMs: number | undefined;

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
    this.#cause = cause;
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
    this.#cause = 'stalled';
    this.#interruptedMs = undefined;
  }

  #open(toMs: number): Gap | undefined {
    const fromMs = this.#dueFromMs;
    if (fromMs === undefined) return undefined;
    if (toMs - fromMs > this.#thresholdMs) return { fromMs, toMs, cause: this.#cause };
    const missingMs = this.#interruptedMs;
    if (missingMs === undefined || missingMs >= toMs) return undefined;
    return { fromMs: missingMs, toMs, cause: this.#cause };
  }
}
