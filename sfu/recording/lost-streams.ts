import type { Source } from '#protocol/people.ts';
import type { PathStream } from './recorder-path.ts';

/** A page has this long to send a source again after its media worker died; until then its file waits. */
export const REPLACE_MS = 10_000;

interface LostStream {
  streamId: string;
  source: Source;
  lostAtMs: number;
}

/** Streams whose worker died: another one of the same source takes the place of each, or it is removed in the end. */
export class LostStreams {
  #lost: LostStream[] = [];

  add(streams: Iterable<PathStream>, nowMs: number): void {
    for (const { source, state, stream } of streams) {
      if (state === 'flows')
        this.#lost.push({ streamId: stream.describe().streamId, source, lostAtMs: nowMs });
    }
  }

  /** The recorder lets go of a stream by itself when another one of its source comes. */
  replaced(source: Source): void {
    this.#lost = this.#lost.filter((one) => one.source !== source);
  }

  overdue(nowMs: number): string[] {
    return this.#lost
      .filter(({ lostAtMs }) => nowMs - lostAtMs >= REPLACE_MS)
      .map(({ streamId }) => streamId);
  }

  removed(streamId: string): void {
    this.#lost = this.#lost.filter((one) => one.streamId !== streamId);
  }

  clear(): void {
    this.#lost = [];
  }
}
