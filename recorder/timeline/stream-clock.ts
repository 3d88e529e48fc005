import { nearest } from '../rtp/widen.ts';
import { ClockLine } from './clock-line.ts';
import { ErrorSample } from './error-sample.ts';

/** mediasoup's first Sender Reports of a stream are based on arrival, not capture [D4]. */
export const PROVISIONAL_REPORTS = 3;
/**
 * A correction is spread out: so many ms in a second of media, or this share of what is left, but no more than the cap.
 * Pictures that come a quarter faster for a second are hardly noticed; sound is heard at much less.
 */
export const SLEW = {
  audio: { msPerS: 2, sharePerS: 1 / 4, maxMsPerS: 20 },
  video: { msPerS: 2, sharePerS: 1, maxMsPerS: 250 },
} as const;
/** A report this far off is an error, unless the next one says the same: then the line begins anew there. */
export const STEP_MS = 40;
/** Reports that agree this well are believed together. */
const AGREEMENT_MS = 20;
/** Wall time this far ahead of media time is a stall of the sender, and becomes a gap; less is slewed. */
export const STALL_MS = 200;
/** Media or reports this far from arrival belong to another timeline: no network delays so much. */
export const IMPLAUSIBLE_MS = 5000;
/** A sender whose timestamps go back by more has begun anew. */
const MAX_BACKWARDS_MS = 1000;

export interface SyncStats {
  samples: number;
  p50ErrorMs: number;
  p95ErrorMs: number;
  maxErrorMs: number;
  driftPpm: number;
}

/**
 * Maps one stream's RTP time to the SFU's wall clock. From the first packet on the nominal rate holds, anchored at its
 * arrival; Sender Reports refine offset and rate. What they change is slewed, so the mapping never steps backwards, or takes
 * effect in a pause of the sound, where it is not heard.
 */
export class StreamClock {
  readonly #clockRate: number;
  readonly #sfuMs: (ourMs: number) => number;
  readonly #slewing: (typeof SLEW)[keyof typeof SLEW];
  readonly #line = new ClockLine();
  readonly #errors = new ErrorSample();
  #anchor: { ticks: number; wallMs: number } | undefined;
  #lastTicks = 0;
  /** Where the sound of the last packet ends; pictures have no end. */
  #lastEndTicks = Number.POSITIVE_INFINITY;
  #lastArrivalMs = 0;
  #correctionMs = 0;
  #reports = 0;
  /** Reports that are not provisional are what the line is made of. */
  #isSettled = false;
  #stepMs: number | undefined;

  /**
   * @param options.clockRate ticks per second, as negotiated
   * @param options.sfuMs turns an arrival by our clock into the SFU's time, before any report has come; by default they are one
   */
  constructor(options: {
    clockRate: number;
    kind: 'audio' | 'video';
    sfuMs?: (ourMs: number) => number;
  }) {
    this.#clockRate = options.clockRate;
    this.#sfuMs = options.sfuMs ?? ((ourMs) => ourMs);
    this.#slewing = SLEW[options.kind];
  }

  /**
   * Call for every packet, in order.
   * @param ticks widened timestamp
   * @param arrivalMs our clock
   * @param durationTicks of sound: from there to the next packet is a pause
   * @param soundBeforeTicks so much right before it is sound as well, although nothing came of it
   */
  onPacket(
    ticks: number,
    arrivalMs: number,
    durationTicks = Number.POSITIVE_INFINITY,
    soundBeforeTicks = 0,
  ): void {
    this.#lastEndTicks += soundBeforeTicks;
    if (!this.#anchor) this.#restart(ticks, this.#sfuMs(arrivalMs));
    else if (ticks > this.#lastTicks) this.#advance(ticks, arrivalMs);
    else if (this.#lastTicks - ticks > (MAX_BACKWARDS_MS * this.#clockRate) / 1000) {
      this.#restart(ticks, Math.max(this.#sfuMs(arrivalMs), this.toWallMs(this.#lastTicks)));
    } else return;
    this.#lastTicks = ticks;
    this.#lastEndTicks = ticks + durationTicks;
    this.#lastArrivalMs = arrivalMs;
  }

  /** When a packet with this timestamp came if it was on its way for as long as the last one, our clock. */
  usualArrivalMs(ticks: number): number {
    return this.#lastArrivalMs + this.#mediaMs(ticks) - this.#mediaMs(this.#lastTicks);
  }

  /** A 32-bit timestamp on the line of the packets; undefined before the first of them. */
  widenTimestamp(timestamp: number): number | undefined {
    return this.#anchor && nearest(timestamp, this.#lastTicks, 2 ** 32);
  }

  /** @param report.ntpMs epoch ms of the SFU's clock @param report.rtpTicks on the line of the packets */
  onSenderReport(report: { ntpMs: number; rtpTicks: number }): void {
    if (!this.#anchor) return;
    const mediaMs = this.#mediaMs(report.rtpTicks);
    // One of another timeline, such as the sender's former one, would be followed nowhere useful.
    const sinceLastMs = mediaMs - this.#mediaMs(this.#lastTicks);
    const arrivalMs = this.#sfuMs(this.#lastArrivalMs) + sinceLastMs;
    if (Math.abs(report.ntpMs - arrivalMs) > IMPLAUSIBLE_MS) return;
    this.#reports += 1;
    const expectedMs = this.#line.at(mediaMs);
    if (expectedMs !== undefined && this.#isOff(report.ntpMs - expectedMs)) return;
    if (!this.#isSettled && this.#reports > PROVISIONAL_REPORTS) {
      this.#line.reset();
      this.#isSettled = true;
    }
    this.#line.add(mediaMs, report.ntpMs);
    if (this.#isSettled) this.#errors.add(this.toWallMs(report.rtpTicks) - report.ntpMs);
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

  /** The next timestamp: corrections take effect, and a jump of the sender's timestamps shows. */
  #advance(ticks: number, arrivalMs: number): void {
    const stepMs = this.#mediaMs(ticks) - this.#mediaMs(this.#lastTicks);
    const lastWallMs = this.toWallMs(this.#lastTicks);
    this.#slew(ticks);
    const wallMs = this.#sfuMs(arrivalMs);
    // Ahead, too: many small leaps are as far as a large one.
    const isElsewhere = Math.abs(wallMs - this.toWallMs(ticks)) > IMPLAUSIBLE_MS;
    const leapt = stepMs - (arrivalMs - this.#lastArrivalMs) > IMPLAUSIBLE_MS;
    if (isElsewhere || leapt) this.#restart(ticks, Math.max(wallMs, lastWallMs));
  }

  #slew(ticks: number): void {
    const targetMs = this.#line.at(this.#mediaMs(ticks));
    if (targetMs === undefined) return;
    const errorMs = targetMs - this.toWallMs(ticks);
    const pauseMs = this.#mediaMs(ticks) - this.#mediaMs(this.#lastEndTicks);
    if (this.#isSettled && (errorMs > STALL_MS || pauseMs > 0)) {
      this.#correctionMs += Math.max(errorMs, -Math.max(pauseMs, 0));
      return;
    }
    const seconds = (ticks - this.#lastTicks) / this.#clockRate;
    const { maxMsPerS, msPerS, sharePerS } = this.#slewing;
    const perSecondMs = Math.min(maxMsPerS, Math.max(msPerS, Math.abs(errorMs) * sharePerS));
    const stepMs = Math.min(Math.abs(errorMs), perSecondMs * seconds);
    this.#correctionMs += Math.sign(errorMs) * stepMs;
  }

  /**
   * One report far off may be an error; a second one that agrees with it is a stall, or a step of a clock: the line then
   * begins anew with it. Answers whether the report is to be left out.
   */
  #isOff(offMs: number): boolean {
    const beforeMs = this.#stepMs;
    this.#stepMs = Math.abs(offMs) < STEP_MS ? undefined : offMs;
    if (this.#stepMs === undefined) return false;
    if (beforeMs === undefined || Math.abs(offMs - beforeMs) > AGREEMENT_MS) return true;
    this.#stepMs = undefined;
    this.#line.restart();
    return false;
  }

  /** The line begins here: with the first packet, or where the sender's timestamps jumped. */
  #restart(ticks: number, wallMs: number): void {
    this.#anchor = { ticks, wallMs };
    this.#correctionMs = 0;
    this.#reports = 0;
    this.#isSettled = false;
    this.#stepMs = undefined;
    this.#line.reset();
  }
}
