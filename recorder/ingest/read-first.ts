import type { Clock } from '#service/clock.ts';

/** Ticks come every 50 ms. When the last one is this old we did not run, and what came meanwhile is not read yet. */
export const BEHIND_MS = 150;
/** By then a full buffer of ours is read (1 MiB), and a flood does not put the judgement off for ever. */
const MAX_ROUNDS = 64;

/**
 * Read first, judge after [STALL3]: before anything is concluded from silence, all that lay in the sockets by that
 * instant is read. Sockets of node:dgram give a few datagrams at a time, so that takes several rounds after a stall of our own.
 */
export class ReadFirst {
  readonly #clock: Clock;
  readonly #isBatched: boolean;
  readonly #drain: () => boolean;
  #seenMs: number;
  #isReading = false;
  #waiting: (() => void)[] = [];

  /** @param drain of all sockets, as MediaSocket's; `isBatched` as MediaSockets' */
  constructor(clock: Clock, { isBatched, drain }: { isBatched: boolean; drain: () => boolean }) {
    this.#clock = clock;
    this.#isBatched = isBatched;
    this.#drain = drain;
    this.#seenMs = clock.nowMs();
  }

  /** Takes what has come, where that can be done at once, and judges nothing. */
  read(): void {
    if (!this.#isReading) this.#drain();
  }

  /** Calls `judge` with this instant once all that has come by now was read; not while it is being read already. */
  before(judge: (seenMs: number) => void): void {
    if (this.#isReading) return;
    this.#isReading = true;
    const seenMs = this.#clock.nowMs();
    this.#drain();
    const then = () => {
      this.#isReading = false;
      this.#seenMs = seenMs;
      judge(seenMs);
      this.#release();
    };
    if (this.#isBatched) then();
    else this.#read(MAX_ROUNDS, then);
  }

  /** Undefined when we are on time, with what came before now read; else resolves once it was read and judged. */
  caughtUp(): Promise<void> | undefined {
    if (this.#clock.nowMs() - this.#seenMs <= BEHIND_MS) {
      this.read();
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Nothing is to be read any more, or not yet. */
  rest(): void {
    this.#seenMs = Number.POSITIVE_INFINITY;
    this.#release();
  }

  /** From now on something is. */
  begin(): void {
    this.#seenMs = this.#clock.nowMs();
  }

  #read(rounds: number, then: () => void): void {
    this.#clock.after(0, () => {
      if (rounds > 1 && this.#drain()) this.#read(rounds - 1, then);
      else then();
    });
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
