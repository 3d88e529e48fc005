/** A NACK that repeats within the round trip is dropped by mediasoup: 100 ms when it does not know it (design D5). */
export const NACK_INTERVAL_MS = 100;
/** Asked for so often at most: by then the repair window is over. */
export const MAX_NACKS = 15;

interface Hole {
  sinceMs: number;
  askedMs: number;
  asked: number;
}

/** The missing packets of one stream, by widened sequence number, and when each was asked for. */
export class Holes {
  readonly #holes = new Map<number, Hole>();

  /** Packets from `first` up to, not including, `end` are missing. */
  open(first: number, end: number, nowMs: number): void {
    for (let sequence = first; sequence < end; sequence += 1) {
      this.#holes.set(sequence, { sinceMs: nowMs, askedMs: Number.NEGATIVE_INFINITY, asked: 0 });
    }
  }

  /** Answers whether the packet was missing. */
  close(sequence: number): boolean {
    return this.#holes.size > 0 && this.#holes.delete(sequence);
  }

  clear(): void {
    this.#holes.clear();
  }

  /** Holes open in ascending order, and a Map keeps it. */
  oldest(): Readonly<Pick<Hole, 'sinceMs'>> | undefined {
    if (this.#holes.size === 0) return undefined;
    return this.#holes.values().next().value;
  }

  /** Those to ask for now, in ascending order; they count as asked for. */
  due(nowMs: number): number[] {
    if (this.#holes.size === 0) return [];
    const due: number[] = [];
    for (const [sequence, hole] of this.#holes) {
      if (hole.asked >= MAX_NACKS || nowMs - hole.askedMs < NACK_INTERVAL_MS) continue;
      hole.askedMs = nowMs;
      hole.asked += 1;
      due.push(sequence);
    }
    return due;
  }
}
