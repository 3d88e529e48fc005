/** Free space is looked at this often. */
export const DISK_CHECK_MS = 1000;
/** Parts of what is to be left free: with each one that is used up another recording ends, with the last one all do. */
export const RESERVE_PARTS = 8;
/** What was written a look ago counts for so much of what was written since: some ten seconds make the difference. */
const MEMORY = 0.9;

/** A recording, and all that was ever written for it: a number that never falls, or who comes and goes would count as nothing. */
interface Consumer<T> {
  of: T;
  bytes: number;
}

/**
 * Which recordings end when the disk is nearly full: one after another, whoever wrote most of late first, and the next one only
 * when that did not help. A meeting that fills the disk does not end the others.
 */
export class DiskWatch<T extends object> {
  readonly #seen = new WeakMap<T, { bytes: number; recent: number }>();
  /** Since there was room last. */
  #ended = 0;

  /**
   * Call it every DISK_CHECK_MS.
   * @param minFreeBytes to be left free: the reserve that is used up meanwhile
   * @returns those that are to end now, in this order
   */
  look(freeBytes: number, minFreeBytes: number, consumers: readonly Consumer<T>[]): T[] {
    let sinceBytes = 0;
    const recent = consumers.map(({ bytes, of }) => {
      // What is seen for the first time began after the last look.
      const before = this.#seen.get(of) ?? { bytes: 0, recent: 0 };
      const wroteBytes = Math.max(0, bytes - before.bytes);
      sinceBytes += wroteBytes;
      const now = { bytes, recent: before.recent * MEMORY + wroteBytes };
      this.#seen.set(of, now);
      return { of, ...now };
    });
    if (freeBytes >= minFreeBytes) {
      this.#ended = 0;
      return [];
    }
    // By the next look as much has been written again.
    const expectedBytes = freeBytes - sinceBytes;
    const part = minFreeBytes / RESERVE_PARTS;
    const due =
      expectedBytes <= part ? recent.length : Math.ceil((minFreeBytes - expectedBytes) / part) - this.#ended;
    const largest = recent
      .toSorted((a, b) => b.recent - a.recent || b.bytes - a.bytes)
      .slice(0, Math.max(0, due));
    this.#ended += largest.length;
    return largest.map(({ of }) => of);
  }
}
