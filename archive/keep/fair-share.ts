/** What a meeting has in the archive. */
interface Share {
  meetingId: string;
  bytes: number;
}

/**
 * Whose recording goes next when there is too much: that of the meeting with the largest share, until the shares are level. So
 * a meeting that fills the archive pushes out its own recordings, and nobody else's below what it keeps itself.
 */
export class FairShare {
  /** The largest last. */
  readonly #shares: Share[];

  constructor(bytesByMeeting: ReadonlyMap<string, number>) {
    this.#shares = [...bytesByMeeting].map(([meetingId, bytes]) => ({ meetingId, bytes })).sort(bySize);
  }

  /** The meeting that gives next; undefined when none has anything left to give. */
  get largest(): string | undefined {
    return this.#shares.at(-1)?.meetingId;
  }

  /** The largest share is smaller by so much now. */
  give(bytes: number): void {
    const share = this.#shares.pop();
    if (!share) return;
    const less = { ...share, bytes: share.bytes - bytes };
    let [low, high] = [0, this.#shares.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bySize(this.#shares[middle] as Share, less) < 0) low = middle + 1;
      else high = middle;
    }
    this.#shares.splice(low, 0, less);
  }

  /** The meeting with the largest share has nothing that may go. */
  passOver(): void {
    this.#shares.pop();
  }
}

/** Level ones in an order that is always the same. */
function bySize(a: Share, b: Share): number {
  return a.bytes - b.bytes || (a.meetingId < b.meetingId ? 1 : a.meetingId > b.meetingId ? -1 : 0);
}
