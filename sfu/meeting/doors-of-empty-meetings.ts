import type { KeptDoors } from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import type { Doors } from '../room/doors.ts';

/** Twice as long as a join token is good: whoever was sent out has no old one left by then. */
export const KEEP_DOORS_MS = 24 * 60 * 60_000;
/** Connections and marks kept of one meeting, of each kind. */
export const MAX_KEPT_OF_ONE = 1000;
/** Of all empty meetings together, about 20 MB. Beyond that the meeting that has been empty longest is forgotten. */
export const MAX_KEPT = 200_000;

interface Kept {
  memory: KeptDoors;
  size: number;
  atMs: number;
}

/** Locks, and people who were sent out, of meetings that are empty: whoever comes back finds the doors as they were left. */
export class DoorsOfEmptyMeetings {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #most: number;
  /** The one that has been empty longest first. */
  readonly #kept = new Map<string, Kept>();
  #size = 0;

  constructor(clock: Pick<Clock, 'nowMs'>, most = MAX_KEPT) {
    this.#clock = clock;
    this.#most = most;
  }

  keep(meetingId: string, doors: Pick<Doors, 'memory'>): void {
    this.#forget(meetingId);
    const memory = doors.memory(MAX_KEPT_OF_ONE);
    if (!memory) return;
    const size = 1 + memory.admitted.length + memory.removed.length;
    this.#kept.set(meetingId, { memory, size, atMs: this.#clock.nowMs() });
    this.#size += size;
    const isOver = ({ atMs }: Kept) => this.#clock.nowMs() - atMs >= KEEP_DOORS_MS;
    for (const [oldest, kept] of this.#kept) {
      if (this.#size <= this.#most && !isOver(kept)) break;
      this.#forget(oldest);
    }
  }

  /** What is known of a meeting that opens again; it is the meeting's from now on. */
  take(meetingId: string): KeptDoors | undefined {
    const kept = this.#kept.get(meetingId);
    this.#forget(meetingId);
    return kept && this.#clock.nowMs() - kept.atMs < KEEP_DOORS_MS ? kept.memory : undefined;
  }

  #forget(meetingId: string): void {
    this.#size -= this.#kept.get(meetingId)?.size ?? 0;
    this.#kept.delete(meetingId);
  }
}
