import type { Clock } from '#service/clock.ts';

/**
 * What people whose sockets are lost still hold, until they are no longer waited for. Nothing runs for it: it is given back
 * when somebody next asks for room.
 */
export class Ghosts {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #graceMs: number;
  /** The first to go first. */
  readonly #held: { untilMs: number; giveBack: () => void }[] = [];

  constructor(clock: Pick<Clock, 'nowMs'>, graceMs: number) {
    this.#clock = clock;
    this.#graceMs = graceMs;
  }

  add(giveBack: () => void): void {
    this.#held.push({ untilMs: this.#clock.nowMs() + this.#graceMs, giveBack });
  }

  /** Gives back what nobody is waited for with any more. */
  settle(): void {
    const nowMs = this.#clock.nowMs();
    for (let first = this.#held[0]; first && first.untilMs <= nowMs; first = this.#held[0]) {
      this.#held.shift();
      first.giveBack();
    }
  }
}
