import type { ErrorCode } from '#protocol/errors.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import { type FileSource, fileSourceOf, type Kind, type Source } from '#protocol/people.ts';
import { NO_COUNTS, type StageCounts, sumOfCounts } from './stage-counts.ts';
import type { StreamInput } from './stream-input.ts';

/**
 * While media are due and none come, a file is held where they ended, for so long: a lost connection is noticed and waited for
 * within this (45 s), and sound that comes after it still finds its place (MAX_AHEAD_SAMPLES). Then silence and slate go on.
 */
export const HOLD_MS = 50_000;

type Heard = Pick<StreamInput, 'heardMs' | 'waitingSinceMs'>;

/** The streams on one person's socket, and what is to be told of those that are gone. */
export class PersonStreams {
  readonly #inputs = new Map<number, StreamInput>();
  /** The same: gone through with every tick. */
  #all: readonly StreamInput[] = [];
  readonly #pastSync = new Map<FileSource, ManifestFile['sync']>();
  readonly #onBroken: (input: StreamInput, cause: unknown) => void;
  #past = NO_COUNTS;

  /** @param onBroken a stream could not be brought to its end as it should */
  constructor(onBroken: (input: StreamInput, cause: unknown) => void) {
    this.#onBroken = onBroken;
  }

  /** What all of them have counted, those that are gone too. */
  get counts(): StageCounts {
    return sumOfCounts([this.#past, ...this.#all.map(({ counts }) => counts)]);
  }

  get all(): readonly StreamInput[] {
    return this.#all;
  }

  bySsrc(ssrc: number): StreamInput | undefined {
    return this.#inputs.get(ssrc);
  }

  byId(streamId: string): StreamInput | undefined {
    return this.#find((input) => input.stream.streamId === streamId);
  }

  bySource(source: Source): StreamInput | undefined {
    return this.#find((input) => input.stream.source === source);
  }

  /** Those that are written to one file. */
  inFile(source: FileSource): StreamInput[] {
    return this.#all.filter((input) => fileSourceOf(input.stream.source) === source);
  }

  /** How long a packet of a file's streams has been due, undefined when none is, and why its pictures are not recorded. */
  stateOf(
    source: FileSource,
    nowMs: number,
  ): { waitingMs: number | undefined; problem: ErrorCode | undefined } {
    const live = this.inFile(source).filter((input) => !input.stream.paused);
    const due = live.flatMap(({ waitingSinceMs }) => waitingSinceMs ?? []);
    return {
      waitingMs: due.length > 0 ? nowMs - Math.max(...due) : undefined,
      problem: live.map((input) => input.problem).find((code) => code !== undefined),
    };
  }

  /** Media of a file after these captures are here, and wait for what is missing before them. */
  heldFromMs(source: FileSource): Partial<Record<Kind, number>> {
    const held: Partial<Record<Kind, number>> = {};
    for (const { heldFromMs, stream } of this.inFile(source))
      if (heldFromMs !== undefined) held[stream.kind] = heldFromMs;
    return held;
  }

  add(input: StreamInput): void {
    this.#inputs.set(input.stream.ssrc, input);
    this.#all = [...this.#inputs.values()];
  }

  /** Lets go of a stream. Resolves once its last picture is in the file. Never throws. */
  drop(input: StreamInput, nowMs: number): Promise<void> {
    const finished = this.#finish(input, nowMs);
    this.#forget(input);
    return finished;
  }

  /** Another beginning of the same stream, in the place of one that cannot be gone on with. */
  replace(broken: StreamInput, input: StreamInput): void {
    this.#close(broken);
    this.#forget(broken);
    this.add(input);
  }

  #forget(input: StreamInput): void {
    const source = fileSourceOf(input.stream.source);
    this.#pastSync.set(source, this.syncOf(source));
    this.#past = sumOfCounts([this.#past, input.counts]);
    this.#inputs.delete(input.stream.ssrc);
    this.#all = [...this.#inputs.values()];
  }

  /** Takes what of all of them is still on the way. Never throws. */
  async finish(nowMs: number): Promise<void> {
    await Promise.all(this.#all.map((input) => this.#finish(input, nowMs)));
  }

  /** Lets go of what is on the way. */
  close(): void {
    for (const input of this.#all) this.#close(input);
  }

  /** Of the picture, where there is one: its error is the larger. Of a former stream while there is none. */
  syncOf(source: FileSource): ManifestFile['sync'] {
    const inputs = this.inFile(source).toSorted((a, b) => b.stream.kind.localeCompare(a.stream.kind));
    return inputs.map(({ sync }) => sync).find((sync) => sync !== undefined) ?? this.#pastSync.get(source);
  }

  #find(matches: (input: StreamInput) => boolean): StreamInput | undefined {
    return this.#all.find(matches);
  }

  async #finish(input: StreamInput, nowMs: number): Promise<void> {
    try {
      input.flush(nowMs);
      await input.rest();
    } catch (cause) {
      this.#onBroken(input, cause);
    }
    this.#close(input);
  }

  #close(input: StreamInput): void {
    try {
      input.close();
    } catch (cause) {
      this.#onBroken(input, cause);
    }
  }
}

/**
 * Until when somebody was there, as far as can be told: up to the last of their packets while some are due, else up to the
 * loss of their connection. All instants are on our clock.
 * @param seenMs all that had come by then was read
 * @param awayMs since when their connection is lost
 */
export function presentUntilMs(
  streams: readonly Heard[],
  seenMs: number,
  awayMs: number | undefined,
): number {
  let isDue = false;
  let heardMs = Number.NEGATIVE_INFINITY;
  for (const stream of streams) {
    isDue ||= stream.waitingSinceMs !== undefined;
    heardMs = Math.max(heardMs, stream.heardMs);
  }
  const untilMs = Math.min(seenMs, isDue ? heardMs : (awayMs ?? seenMs));
  return seenMs - untilMs < HOLD_MS ? untilMs : seenMs;
}
