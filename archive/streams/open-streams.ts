import { type ErrorCode, Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';

/** What a stream was opened with, or is made of: it ends with any of them. */
export type Hold =
  /** Any administrator's sign-in. */
  | 'admin'
  | `session:${string}`
  | `share:${string}`
  | `recording:${string}`
  | `file:${string}/${string}`
  | `export:${string}`;

/** It is looked so often whether a time has come: the wall clock may be set meanwhile. */
const MAX_TIMER_MS = 60_000;

/** What the asker is told when a hold ended before the first byte went. */
const WORDS: Record<string, ErrorCode> = {
  admin: 'not-signed-in',
  session: 'not-signed-in',
  share: 'share-revoked',
  recording: 'recording-not-found',
};

/** Answers that are being sent, by what they hang on: whatever ends, ends them. */
export class OpenStreams {
  readonly #clock: Clock;
  readonly #streams = new Map<Hold, Set<OpenStream>>();
  /** How many keep it shut. */
  readonly #shut = new Map<Hold, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For one answer; whoever opened it lets it go. */
  open(): OpenStream {
    return new OpenStream(this.#clock, this.#streams, this.#shut);
  }

  /** Ends everything that hangs on this. */
  end(hold: Hold): void {
    for (const stream of [...(this.#streams.get(hold) ?? [])]) stream.end(hold);
  }

  /**
   * Ends everything that hangs on one of these, and whatever comes to hang on it.
   * @returns what opens them again
   */
  shut(holds: Iterable<Hold>): () => void {
    const shut = [...holds];
    for (const hold of shut) {
      this.#shut.set(hold, (this.#shut.get(hold) ?? 0) + 1);
      this.end(hold);
    }
    return () => {
      for (const hold of shut.splice(0)) {
        const left = (this.#shut.get(hold) ?? 1) - 1;
        if (left === 0) this.#shut.delete(hold);
        else this.#shut.set(hold, left);
      }
    };
  }

  /** How much hangs on this. */
  count(hold: Hold): number {
    return this.#streams.get(hold)?.size ?? 0;
  }

  /** The files that are being sent. */
  files(): { recordingId: string; name: string }[] {
    return [...this.#streams.keys()].flatMap((hold) => {
      const [, recordingId, name] = /^file:([^/]+)\/(.+)$/.exec(hold) ?? [];
      return recordingId === undefined || name === undefined ? [] : [{ recordingId, name }];
    });
  }
}

/** One answer, from when its asker was let in until its last byte. */
export class OpenStream {
  readonly #clock: Clock;
  readonly #streams: Map<Hold, Set<OpenStream>>;
  readonly #shut: ReadonlyMap<Hold, number>;
  readonly #holds = new Set<Hold>();
  readonly #timers = new Set<() => void>();
  #endedBy: Hold | undefined;
  #cut: (() => void) | undefined;

  constructor(clock: Clock, streams: Map<Hold, Set<OpenStream>>, shut: ReadonlyMap<Hold, number>) {
    this.#clock = clock;
    this.#streams = streams;
    this.#shut = shut;
  }

  /** From now on it ends with `hold`, and at the latest when that expires. */
  hangOn(hold: Hold, expiresAtMs?: number): void {
    this.#holds.add(hold);
    const others = this.#streams.get(hold) ?? new Set();
    this.#streams.set(hold, others.add(this));
    if (this.#shut.has(hold)) this.end(hold);
    else if (expiresAtMs !== undefined) this.#expire(hold, expiresAtMs);
  }

  /** @throws Fault when what it hangs on has ended: nothing may be begun on its behalf any more */
  requireOpen(): void {
    if (this.#endedBy === undefined) return;
    throw new Fault(WORDS[this.#endedBy.split(':')[0] ?? ''] ?? 'file-not-found');
  }

  /**
   * The answer begins: `cut` is called when it must end.
   * @throws Fault when it must not begin any more
   */
  begin(cut: () => void): void {
    this.requireOpen();
    this.#cut = cut;
  }

  end(hold: Hold): void {
    this.letGo();
    this.#endedBy = hold;
    this.#cut?.();
  }

  /** It is over. */
  letGo(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const hold of this.#holds) {
      const others = this.#streams.get(hold);
      others?.delete(this);
      if (others?.size === 0) this.#streams.delete(hold);
    }
    this.#holds.clear();
  }

  #expire(hold: Hold, atMs: number): void {
    const leftMs = Math.max(0, atMs - this.#clock.wallMs());
    const cancel = this.#clock.after(Math.min(leftMs, MAX_TIMER_MS), () => {
      this.#timers.delete(cancel);
      if (atMs <= this.#clock.wallMs()) this.end(hold);
      else this.#expire(hold, atMs);
    });
    this.#timers.add(cancel);
  }
}
