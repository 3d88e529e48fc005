/** How long after its capture a sample may come when none is expected (mute, DTX), before silence takes its place. */
export const IDLE_LATENESS_MS = 250;
/** The same while packets are due: a stalled network may still bring them. */
export const EXPECTED_LATENESS_MS = 800;
/** While nothing of a person comes at all, their sender may be held up, and send it all later: sound is waited for so long. */
export const HELD_UP_LATENESS_MS = 5000;

/** When sound that has not come is missing, by what else has come. All instants are on the SFU's clock. */
export class SoundLateness {
  /** No sound is due: muted, or the sender is silent and says so. */
  isIdle = true;
  /** The latest capture of which anything has come, sound or picture. */
  #newestMs = Number.NEGATIVE_INFINITY;

  came(captureMs: number): void {
    this.#newestMs = Math.max(this.#newestMs, captureMs);
  }

  /** What was captured before this instant and has not come is missing. */
  missingBefore(nowMs: number): number {
    if (this.isIdle) return nowMs - IDLE_LATENESS_MS;
    return Math.min(nowMs - EXPECTED_LATENESS_MS, Math.max(this.#newestMs, nowMs - HELD_UP_LATENESS_MS));
  }
}
