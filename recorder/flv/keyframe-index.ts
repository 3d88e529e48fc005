/** Keyframes that onMetaData has room for, 18 bytes each: when there are more, the index is thinned. */
export const KEYFRAME_SLOTS = 2048;

/** Where the keyframes are, for seeking (`keyframes` of onMetaData). When it is full, every other one is dropped. */
export class KeyframeIndex {
  #timesMs: number[] = [];
  #positions: number[] = [];
  #stride = 1;
  #seen = 0;

  get isEmpty(): boolean {
    return this.#timesMs.length === 0;
  }

  /** @param position of the tag's first byte in the file */
  add(timestampMs: number, position: number): void {
    if (this.#seen % this.#stride === 0) {
      this.#timesMs.push(timestampMs);
      this.#positions.push(position);
    }
    this.#seen += 1;
    if (this.#timesMs.length < KEYFRAME_SLOTS) return;
    this.#timesMs = this.#timesMs.filter((_, index) => index % 2 === 0);
    this.#positions = this.#positions.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** In seconds and bytes, as players want them. */
  entries(): { times: number[]; filepositions: number[] } {
    return { times: this.#timesMs.map((ms) => ms / 1000), filepositions: [...this.#positions] };
  }
}
