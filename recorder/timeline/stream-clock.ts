import { Widener } from '../rtp/widen.ts';
import { ClockLine } from './clock-line.ts';
import { ErrorSample } from './error-sample.ts';

/** mediasoup's first Sender Reports of a stream are based on arrival, not capture (design D4). */
export const PROVISIONAL_REPORTS = 3;
/** A correction is spread out: so many ms in a second of media, or a quarter of what is left, but no more than the cap. */
export const SLEW_MS_PER_S = 2;
export const MAX_SLEW_MS_PER_S = 20;
/** Wall time this far ahead of media time, twice in a row, is a stall of the sender and becomes a gap. */
export const STALL_MS = 200;
/** Reports that agree this well are believed together. */
const AGREEMENT_MS = 50;
/** Media this far from their arrival belong to another timeline: the sender's timestamps jumped. */
export const IMPLAUSIBLE_MS = 5000;

export interface SyncStats {
  samples: number;
  p50ErrorMs: number;
  p95ErrorMs: number;
  maxErrorMs: number;
  driftPpm: number;
}

/**
 * Maps one stream's RTP time to the SFU's wall clock. From the first packet on the nominal rate holds, anchored at its
 * arrival; Sender Reports refine offset and rate. What they change is slewed, so the mapping never steps backwards.
 */
export class StreamClock {
  readonly #clockRate: number;
  readonly #line = new ClockLine();
  readonly #errors = new ErrorSample();
  readonly #widener = new Widener(32);
  #arrivalOffsetMs = 0;
  #anchor: { ticks: number; wallMs: number } | undefined;
  #lastTicks = 0;
  #correctionMs = 0;
  #reports = 0;
  #stallMs: number | undefined;

  /** @param options.clockRate ticks per second, as negotiated */
  constructor(options: { clockRate: number }) {
    this.#clockRate = options.clockRate;
  }

  /** The SFU's clock minus ours: what turns an arrival into the SFU's time before any report has come. */
  setArrivalOffset(offsetMs: number): void {
    this.#arrivalOffsetMs = offsetMs;
  }

  /** Call for every packet, in order. @param ticks widened timestamp @param arrivalMs our clock */
  onPacket(ticks: number, arrivalMs: number): void {
    const wallMs = arrivalMs + this.#arrivalOffsetMs;
    if (!this.#anchor) {
      this.#anchor = { ticks, wallMs };
      this.#lastTicks = ticks;
      this.#widener.widen(ticks % 2 ** 32);
      return;
    }
    if (ticks <= this.#lastTicks) return;
    const lastWallMs = this.toWallMs(this.#lastTicks);
    this.#slew(ticks);
    this.#lastTicks = ticks;
    this.#widener.widen(ticks % 2 ** 32);
    if (Math.abs(this.toWallMs(ticks) - wallMs) > IMPLAUSIBLE_MS)
      this.#restart(ticks, Math.max(wallMs, lastWallMs));
  }

  /** A 32-bit timestamp on the line of the packets; undefined before the first of them. */
  widenTimestamp(timestamp: number): number | undefined {
    if (!this.#anchor) return undefined;
    const distance = this.#widener.peek(timestamp) - this.#widener.peek(this.#lastTicks % 2 ** 32);
    return this.#lastTicks + distance;
  }

  /** @param report.ntpMs epoch ms of the SFU's clock @param report.rtpTicks on the line of the packets */
  onSenderReport(report: { ntpMs: number; rtpTicks: number }): void {
    if (!this.#anchor) return;
    const mediaMs = this.#mediaMs(report.rtpTicks);
    this.#reports += 1;
    if (this.#reports === PROVISIONAL_REPORTS + 1) this.#line.clear();
    const expectedMs = this.#line.at(mediaMs);
    if (expectedMs !== undefined && this.#stalled(mediaMs, report.ntpMs, report.ntpMs - expectedMs)) return;
    this.#line.add(mediaMs, report.ntpMs);
    if (this.#reports > PROVISIONAL_REPORTS) this.#errors.add(this.toWallMs(report.rtpTicks) - report.ntpMs);
  }

  /** Epoch ms on the SFU's clock, with fractions. Grows with the ticks. Before the first packet there is no answer: NaN. */
  toWallMs(ticks: number): number {
    if (!this.#anchor) return Number.NaN;
    return this.#anchor.wallMs + this.#mediaMs(ticks) + this.#correctionMs;
  }

  /** For the manifest; undefined until a report has come that is not provisional. */
  stats(): SyncStats | undefined {
    const summary = this.#errors.summary();
    return summary && { ...summary, driftPpm: this.#line.driftPpm };
  }

  /** Media time since the anchor at the nominal rate. */
  #mediaMs(ticks: number): number {
    return ((ticks - (this.#anchor?.ticks ?? 0)) * 1000) / this.#clockRate;
  }

  #slew(ticks: number): void {
    const targetMs = this.#line.at(this.#mediaMs(ticks));
    if (targetMs === undefined) return;
    const errorMs = targetMs - this.toWallMs(ticks);
    if (errorMs > STALL_MS && this.#reports > PROVISIONAL_REPORTS) {
      this.#correctionMs += errorMs;
      return;
    }
    const seconds = (ticks - this.#lastTicks) / this.#clockRate;
    const perSecondMs = Math.min(MAX_SLEW_MS_PER_S, Math.max(SLEW_MS_PER_S, Math.abs(errorMs) / 4));
    const stepMs = Math.min(Math.abs(errorMs), perSecondMs * seconds);
    this.#correctionMs += Math.sign(errorMs) * stepMs;
  }

  /**
   * One report far ahead may be an error; a second one that agrees with it is a stall. Answers whether the report was
   * taken as a possible or real stall.
   */
  #stalled(mediaMs: number, ntpMs: number, aheadMs: number): boolean {
    if (aheadMs < STALL_MS) {
      this.#stallMs = undefined;
      return false;
    }
    const confirmed = this.#stallMs !== undefined && Math.abs(aheadMs - this.#stallMs) <= AGREEMENT_MS;
    this.#stallMs = aheadMs;
    if (!confirmed) return true;
    this.#stallMs = undefined;
    this.#line.clear();
    this.#line.add(mediaMs, ntpMs);
    return true;
  }

  /** The sender's timestamps jumped: the line begins anew here. */
  #restart(ticks: number, wallMs: number): void {
    this.#anchor = { ticks, wallMs };
    this.#correctionMs = 0;
    this.#reports = 0;
    this.#line.clear();
  }
}
