/** Keyframes that onMetaData has room for, 18 bytes each: when there are more, the index is thinned. */
export const KEYFRAME_SLOTS = 2048;
/** The first sequence header's own entry, which players skip, and the first keyframe: without it no seek finds the beginning. */
const OPENING_SLOTS = 2;

interface Entry {
  timestampMs: number;
  position: number;
}

/**
 * Where the keyframes are, for seeking (`keyframes` of onMetaData). When it is full it is thinned by time: what is kept
 * lies evenly over the file however long it is, and however often a keyframe came.
 */
export class KeyframeIndex {
  #entries: Entry[] = [];
  /** Entries lie at least so far apart. */
  #distanceMs = 0;

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** @param position of the tag's first byte in the file */
  add(timestampMs: number, position: number): void {
    this.#keep({ timestampMs, position });
    if (this.#entries.length < KEYFRAME_SLOTS) return;
    const full = this.#entries;
    // Half of the slots are free again, whatever lay between the keyframes.
    this.#distanceMs = (2 * (timestampMs - (full[0]?.timestampMs ?? 0))) / KEYFRAME_SLOTS;
    this.#entries = [];
    for (const entry of full) this.#keep(entry);
  }

  /** In seconds and bytes, as players want them. */
  entries(): { times: number[]; filepositions: number[] } {
    return {
      times: this.#entries.map(({ timestampMs }) => timestampMs / 1000),
      filepositions: this.#entries.map(({ position }) => position),
    };
  }

  #keep(entry: Entry): void {
    const last = this.#entries.at(-1);
    const isOpening = this.#entries.length < OPENING_SLOTS;
    if (isOpening || !last || entry.timestampMs - last.timestampMs >= this.#distanceMs)
      this.#entries.push(entry);
  }
}
