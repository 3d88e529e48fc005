/** One look at what goes to a person, once a second. */
export interface Look {
  /** What their network carries, as estimated, and what is sent to them, all of it. */
  availableBps: number;
  sentBps: number;
  /** Videos that cannot be sent smaller, whether they are held back or not; the higher the priority, the longer it stays. */
  videos: readonly { id: string; priority: number }[];
}

/** The estimate swings by itself: only what exceeds it by this is too much, and only at three looks in a row. */
const TOLERANCE = 1.1;
const TIGHT_LOOKS = 3;
/** A video is tried again after this, and after twice as long each time that was too early. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;
/** A video that flowed for this long again was not too early. */
const SETTLED_MS = 10_000;

/**
 * Which videos are held back from somebody whose network does not carry them all, so that sound, which is never held
 * back, goes through (audio first). mediasoup makes simulcast videos smaller by itself; a video of one size it would
 * go on sending into a full line.
 */
export class VideoBudget {
  readonly #held = new Set<string>();
  #tightLooks = 0;
  #retryMs = FIRST_RETRY_MS;
  #changedAtMs = Number.NEGATIVE_INFINITY;
  /** When one was last let go again. */
  #releasedAtMs = Number.NEGATIVE_INFINITY;

  /** @returns the ids of those that are held back from now on */
  look({ availableBps, sentBps, videos }: Look, nowMs: number): ReadonlySet<string> {
    for (const id of this.#held) if (!videos.some((one) => one.id === id)) this.#held.delete(id);
    const byPriority = videos.toSorted((a, b) => b.priority - a.priority);
    const isTight = sentBps > TOLERANCE * availableBps;
    this.#tightLooks = isTight ? this.#tightLooks + 1 : 0;
    if (nowMs - this.#releasedAtMs >= SETTLED_MS && this.#held.size === 0) this.#retryMs = FIRST_RETRY_MS;
    if (this.#tightLooks >= TIGHT_LOOKS) this.#holdOne(byPriority, nowMs);
    else if (!isTight && nowMs - this.#changedAtMs >= this.#retryMs) this.#releaseOne(byPriority, nowMs);
    return this.#held;
  }

  #holdOne(byPriority: Look['videos'], nowMs: number): void {
    const least = byPriority.findLast(({ id }) => !this.#held.has(id));
    if (!least) return;
    if (nowMs - this.#releasedAtMs < SETTLED_MS) {
      this.#retryMs = Math.min(LONGEST_RETRY_MS, 2 * this.#retryMs);
    }
    this.#held.add(least.id);
    this.#changedAtMs = nowMs;
    this.#tightLooks = 0;
  }

  #releaseOne(byPriority: Look['videos'], nowMs: number): void {
    const most = byPriority.find(({ id }) => this.#held.has(id));
    if (!most) return;
    this.#held.delete(most.id);
    this.#changedAtMs = nowMs;
    this.#releasedAtMs = nowMs;
  }
}
