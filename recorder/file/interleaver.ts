/**
 * How far one track may run ahead of what is written while the other one keeps silent. What waits is lost when the
 * process is killed: with the write interval it stays below a second [D6].
 */
export const MAX_SKEW_MS = 700;

type Track = 'audio' | 'video';

interface Entry<T> {
  track: Track;
  timestampMs: number;
  item: T;
}

/**
 * Brings two tracks into one order by timestamp, as players want it (FLV spec E.4: tags in presentation order). An
 * item waits until the other track has got as far, but no longer than MAX_SKEW_MS of media; the first item waits for the
 * other track's first, since a file begins at its earliest tag.
 */
export class Interleaver<T> {
  readonly #queues: Record<Track, Entry<T>[]> = { audio: [], video: [] };
  readonly #progressMs: Record<Track, number> = { audio: -1, video: -1 };

  /** Timestamps of one track never go backwards. */
  push(track: Track, timestampMs: number, item: T): void {
    this.#queues[track].push({ track, timestampMs, item });
    this.progress(track, timestampMs);
  }

  /** Nothing before this time will come on the track any more. */
  progress(track: Track, timestampMs: number): void {
    if (timestampMs > this.#progressMs[track]) this.#progressMs[track] = timestampMs;
  }

  /** What can be written now, in order. */
  ready(): Entry<T>[] {
    const entries: Entry<T>[] = [];
    for (;;) {
      const next = this.#earliest();
      if (!next || next.timestampMs > this.#releaseUpToMs(next.track)) return entries;
      entries.push(next);
      this.#queues[next.track].shift();
    }
  }

  /** Everything that still waits, in order. */
  flush(): Entry<T>[] {
    const rest: Entry<T>[] = [];
    for (let next = this.#earliest(); next; next = this.#earliest()) {
      rest.push(next);
      this.#queues[next.track].shift();
    }
    return rest;
  }

  #releaseUpToMs(track: Track): number {
    const otherMs = this.#progressMs[track === 'audio' ? 'video' : 'audio'];
    return otherMs < 0 ? otherMs : Math.max(otherMs, this.#progressMs[track] - MAX_SKEW_MS);
  }

  #earliest(): Entry<T> | undefined {
    const audio = this.#queues.audio[0];
    const video = this.#queues.video[0];
    if (!audio || !video) return audio ?? video;
    return video.timestampMs < audio.timestampMs ? video : audio;
  }
}
