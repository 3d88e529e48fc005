import { median } from './median.ts';

/** The offset is the median of this many reports, some 20 s: a wrong one among them changes nothing. */
const RECENT = 16;
/** Each so many reports make one point of the rate, of which this many are kept: some ten minutes. */
const REPORTS_PER_POINT = 8;
const POINTS = 64;
/** Crystals stay within this; what seems more is noise. */
const MAX_DRIFT = 0.001;
/** Variance of a point's error (1.4 ms) by that of a clock's drift (100 ppm): how far from the first guess to go. */
const CAUTION_MS2 = 1.4 ** 2 / 1e-4 ** 2;

interface Pair {
  mediaMs: number;
  wallMs: number;
}

/**
 * Wall time as a line over media time. The rate comes from a long stretch of reports, so that the line holds over the
 * hour of a muted microphone, from which none come; the offset from the last ones.
 */
export class ClockLine {
  readonly #recent: Pair[] = [];
  readonly #points: Pair[] = [];
  #reports: Pair[] = [];
  /** Wall ms per media ms, and what it was taken to be before there were points. */
  #rate = 1;
  #priorRate = 1;
  #origin: Pair | undefined;

  /** The sender's clock against the wall, in parts per million. */
  get driftPpm(): number {
    return (1 / this.#rate - 1) * 1e6;
  }

  add(mediaMs: number, wallMs: number): void {
    const pair = { mediaMs, wallMs };
    this.#recent.push(pair);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#reports.push(pair);
    if (this.#reports.length === REPORTS_PER_POINT) {
      this.#points.push(middle(this.#reports, this.#rate));
      if (this.#points.length > POINTS) this.#points.shift();
      this.#reports = [];
      this.#fitRate();
    }
    this.#origin = middle(this.#recent, this.#rate);
  }

  /** Begins anew elsewhere, with the same sender clock: its rate stays the first guess. */
  restart(): void {
    this.#recent.length = 0;
    this.#points.length = 0;
    this.#reports = [];
    this.#priorRate = this.#rate;
    this.#origin = undefined;
  }

  /** Begins anew with a clock of which nothing is known. */
  reset(): void {
    this.restart();
    this.#rate = 1;
    this.#priorRate = 1;
  }

  /** Undefined while there is no report. */
  at(mediaMs: number): number | undefined {
    if (!this.#origin) return undefined;
    return this.#origin.wallMs + (mediaMs - this.#origin.mediaMs) * this.#rate;
  }

  /** Least squares about the means, held back towards the first guess (ridge) while the points are few. */
  #fitRate(): void {
    const first = this.#points[0] as Pair;
    const count = this.#points.length;
    let media = 0;
    let ahead = 0;
    for (const point of this.#points) {
      media += point.mediaMs - first.mediaMs;
      ahead += residualMs(point, first, this.#priorRate);
    }
    let square = CAUTION_MS2;
    let product = 0;
    for (const point of this.#points) {
      const distanceMs = point.mediaMs - first.mediaMs - media / count;
      square += distanceMs * distanceMs;
      product += distanceMs * (residualMs(point, first, this.#priorRate) - ahead / count);
    }
    const rate = this.#priorRate + product / square;
    this.#rate = Math.min(1 + MAX_DRIFT, Math.max(1 - MAX_DRIFT, rate));
  }
}

/** How far a pair lies above the line through `origin`; small, so that epoch milliseconds lose no precision. */
function residualMs(pair: Pair, origin: Pair, rate: number): number {
  return pair.wallMs - origin.wallMs - (pair.mediaMs - origin.mediaMs) * rate;
}

/** The middle of some pairs: in media time their mean, in wall time their median off a line of this rate. */
function middle(pairs: readonly Pair[], rate: number): Pair {
  const origin = pairs[0] as Pair;
  let media = 0;
  for (const pair of pairs) media += pair.mediaMs - origin.mediaMs;
  const meanMs = media / pairs.length;
  const aheadMs = median(pairs.map((pair) => residualMs(pair, origin, rate)));
  return { mediaMs: origin.mediaMs + meanMs, wallMs: origin.wallMs + meanMs * rate + aheadMs };
}
