/** Between NACKs for one packet while the round trip is unknown, as mediasoup assumes too [D5]. */
export const NACK_INTERVAL_MS = 100;
/** A shorter round trip is not believed: what came may have been reordered only, and was on its way already. */
export const MIN_NACK_INTERVAL_MS = 20;
/** Asked for so often at most: by then the repair window is over. */
export const MAX_NACKS = 15;
/** Asked for in one feedback packet: at most 1 kB of NACK items. The rest follows with the next one. */
export const MAX_NACKED_AT_ONCE = 256;

const NONE: readonly number[] = [];

interface Hole {
  sinceMs: number;
  /** Of the time since then we did not run for so long. */
  missedMs: number;
  askedMs: number;
  asked: number;
}

/** The missing packets of one stream, by widened sequence number, and when each was asked for. */
export class Holes {
  readonly #holes = new Map<number, Hole>();
  #roundTripMs: number | undefined;
  /** No hole is due before: spares a look at all of them with every packet. */
  #nextDueMs = Number.POSITIVE_INFINITY;

  /** Packets from `first` up to, not including, `end` are missing. */
  open(first: number, end: number, nowMs: number): void {
    for (let sequence = first; sequence < end; sequence += 1) {
      this.#holes.set(sequence, { sinceMs: nowMs, missedMs: 0, askedMs: Number.NEGATIVE_INFINITY, asked: 0 });
      this.#nextDueMs = nowMs;
    }
  }

  /** A packet came. Answers whether it was missing. */
  repair(sequence: number, nowMs: number): boolean {
    if (this.#holes.size === 0) return false;
    const hole = this.#holes.get(sequence);
    if (!hole) return false;
    this.#holes.delete(sequence);
    // Asked for more than once, it may answer any of the requests (Karn's rule).
    if (hole.asked === 1) this.#measured(nowMs - hole.askedMs);
    return true;
  }

  /** We did not run for so long, from this instant on: in that time nobody could have answered us. */
  missed(ms: number, fromMs: number): void {
    for (const hole of this.#holes.values()) if (hole.sinceMs <= fromMs) hole.missedMs += ms;
  }

  /** The packet is not waited for any more. */
  giveUp(sequence: number): void {
    this.#holes.delete(sequence);
  }

  clear(): void {
    this.#holes.clear();
  }

  /** Holes open in ascending order, and a Map keeps it. */
  oldest(): Readonly<Pick<Hole, 'sinceMs' | 'missedMs'>> | undefined {
    if (this.#holes.size === 0) return undefined;
    return this.#holes.values().next().value;
  }

  /** Those to ask for now, in ascending order; they count as asked for. */
  due(nowMs: number): readonly number[] {
    if (this.#holes.size === 0 || nowMs < this.#nextDueMs) return NONE;
    const due: number[] = [];
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [sequence, hole] of this.#holes) {
      if (hole.asked >= MAX_NACKS) continue;
      if (due.length === MAX_NACKED_AT_ONCE) {
        nextMs = nowMs;
        break;
      }
      if (nowMs >= this.#dueMs(hole)) {
        hole.askedMs = nowMs;
        hole.asked += 1;
        due.push(sequence);
      }
      nextMs = Math.min(nextMs, this.#dueMs(hole));
    }
    this.#nextDueMs = nextMs;
    return due;
  }

  /** mediasoup drops a repetition within its round trip. Ours doubles up to 100 ms, so that retries last the window. */
  #dueMs(hole: Hole): number {
    if (hole.asked === 0) return hole.sinceMs;
    if (this.#roundTripMs === undefined) return hole.askedMs + NACK_INTERVAL_MS;
    const firstMs = Math.max(MIN_NACK_INTERVAL_MS, 1.25 * this.#roundTripMs);
    const doubledMs = firstMs * 2 ** (hole.asked - 1);
    return hole.askedMs + Math.min(doubledMs, Math.max(firstMs, NACK_INTERVAL_MS));
  }

  /** Smoothed as in RFC 6298 §2. */
  #measured(sampleMs: number): void {
    this.#roundTripMs =
      this.#roundTripMs === undefined ? sampleMs : this.#roundTripMs + (sampleMs - this.#roundTripMs) / 8;
  }
}
