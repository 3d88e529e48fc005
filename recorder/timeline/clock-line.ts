/** Pairs kept: about 40 s of Sender Reports, one every 1.2 s. */
export const WINDOW = 32;
/** The rate is estimated from so many pairs on; before, it is the nominal one. */
const PAIRS_FOR_RATE = 8;
const SPAN_FOR_RATE_MS = 8000;
/** Crystals stay within this; what seems more is noise. */
const MAX_DRIFT = 0.001;

interface Pair {
  mediaMs: number;
  wallMs: number;
}

/** Wall time as a line over media time, fitted to the last WINDOW pairs. */
export class ClockLine {
  readonly #pairs: Pair[] = [];
  #meanMediaMs = 0;
  #meanWallMs = 0;
  #rate = 1;

  get size(): number {
    return this.#pairs.length;
  }

  /** The sender's clock against the wall, in parts per million. */
  get driftPpm(): number {
    return (1 / this.#rate - 1) * 1e6;
  }

  add(mediaMs: number, wallMs: number): void {
    this.#pairs.push({ mediaMs, wallMs });
    if (this.#pairs.length > WINDOW) this.#pairs.shift();
    this.#fit();
  }

  clear(): void {
    this.#pairs.length = 0;
  }

  /** Undefined while there is no pair. */
  at(mediaMs: number): number | undefined {
    if (this.#pairs.length === 0) return undefined;
    return this.#meanWallMs + (mediaMs - this.#meanMediaMs) * this.#rate;
  }

  /** Least squares, about the means so that epoch milliseconds lose no precision. */
  #fit(): void {
    const count = this.#pairs.length;
    const [first] = this.#pairs as [Pair];
    let media = 0;
    let wall = 0;
    for (const pair of this.#pairs) {
      media += pair.mediaMs - first.mediaMs;
      wall += pair.wallMs - first.wallMs;
    }
    this.#meanMediaMs = first.mediaMs + media / count;
    this.#meanWallMs = first.wallMs + wall / count;
    let square = 0;
    let product = 0;
    for (const pair of this.#pairs) {
      const distanceMs = pair.mediaMs - this.#meanMediaMs;
      square += distanceMs * distanceMs;
      product += distanceMs * (pair.wallMs - this.#meanWallMs);
    }
    const spanMs = (this.#pairs.at(-1) as Pair).mediaMs - first.mediaMs;
    const known = count >= PAIRS_FOR_RATE && spanMs >= SPAN_FOR_RATE_MS;
    this.#rate = known ? Math.min(1 + MAX_DRIFT, Math.max(1 - MAX_DRIFT, product / square)) : 1;
  }
}
