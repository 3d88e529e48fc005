/** Recordings that wait to be taken over; beyond that the one seen first is looked at anew. */
const MAX_SIGHTINGS = 10_000;

/**
 * How long each of several things has looked the same, by our own clock: what another machine says of the time cannot be
 * compared with ours.
 */
export class Sightings {
  readonly #seen = new Map<string, { look: string; sinceMs: number }>();

  /** Answers for how long `look` has been seen there without a change, in ms; 0 for something new. */
  unchangedMs(place: string, look: string, nowMs: number): number {
    const before = this.#seen.get(place);
    if (before?.look === look) return nowMs - before.sinceMs;
    this.#seen.delete(place);
    this.#seen.set(place, { look, sinceMs: nowMs });
    const [first] = this.#seen.keys();
    if (this.#seen.size > MAX_SIGHTINGS && first !== undefined) this.#seen.delete(first);
    return 0;
  }

  forget(place: string): void {
    this.#seen.delete(place);
  }
}
