import type { Clock } from '#service/clock.ts';

/** What a stretch of network does to a datagram that enters it at this instant. */
export interface Weather {
  delayMs: number;
  /** Up to this much on top; with more than the distance of two packets it reorders them. */
  jitterMs?: number;
  loses?: (nowMs: number) => boolean;
  /** Share of datagrams that come twice. */
  duplicated?: number;
}

/** One direction of a stretch of network, under an injected clock and seeded chance. */
export class Hop {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #weather: Weather;
  #dropped = 0;

  constructor(clock: Clock, random: () => number, weather: Weather) {
    this.#clock = clock;
    this.#random = random;
    this.#weather = weather;
  }

  get dropped(): number {
    return this.#dropped;
  }

  send(deliver: () => void): void {
    const { delayMs, duplicated = 0, jitterMs = 0, loses } = this.#weather;
    if (loses?.(this.#clock.nowMs())) {
      this.#dropped += 1;
      return;
    }
    const copies = this.#random() < duplicated ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1)
      this.#clock.after(delayMs + jitterMs * this.#random(), deliver);
  }
}

/** Each datagram by itself. */
export function randomLoss(share: number, random: () => number): (nowMs: number) => boolean {
  return () => random() < share;
}

/** Gilbert's model: a burst ends after `length` datagrams on average. */
export function burstLoss(share: number, length: number, random: () => number): (nowMs: number) => boolean {
  let bad = false;
  const enter = share / (1 - share) / length;
  return () => {
    bad = bad ? random() >= 1 / length : random() < enter;
    return bad;
  };
}

/** Nothing passes during `lengthMs`, every `everyMs`. */
export function blackouts(startMs: number, everyMs: number, lengthMs: number): (nowMs: number) => boolean {
  return (nowMs) => nowMs - startMs >= everyMs && (nowMs - startMs) % everyMs < lengthMs;
}

/** A small seeded generator (mulberry32): the same weather each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
