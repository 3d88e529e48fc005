/**
 * Where the playback of a whole recording is, in milliseconds of the recording's common clock: the one clock that every
 * file is held to. It is told the time, and knows no timer.
 */
export class GroupClock {
  #durationMs: number;
  #rate = 1;
  /** The position at `#sinceMs`; while it stands still, the position. */
  #anchorMs = 0;
  #sinceMs: number | undefined;

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  get isRunning(): boolean {
    return this.#sinceMs !== undefined;
  }

  get rate(): number {
    return this.#rate;
  }

  get durationMs(): number {
    return this.#durationMs;
  }

  positionMs(nowMs: number): number {
    const passedMs = this.#sinceMs === undefined ? 0 : (nowMs - this.#sinceMs) * this.#rate;
    return this.#clamp(this.#anchorMs + passedMs);
  }

  run(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  hold(nowMs: number): void {
    this.#anchorMs = this.positionMs(nowMs);
    this.#sinceMs = undefined;
  }

  seek(positionMs: number, nowMs: number): void {
    this.#anchorMs = this.#clamp(positionMs);
    if (this.#sinceMs !== undefined) this.#sinceMs = nowMs;
  }

  /** @param rate of the recording's time to real time, above 0 */
  setRate(rate: number, nowMs: number): void {
    this.seek(this.positionMs(nowMs), nowMs);
    this.#rate = rate;
  }

  /** A recording that is still being made grows. */
  setDuration(durationMs: number, nowMs: number): void {
    this.seek(this.positionMs(nowMs), nowMs);
    this.#durationMs = durationMs;
  }

  #clamp(positionMs: number): number {
    return Math.min(Math.max(0, positionMs), this.#durationMs);
  }
}
