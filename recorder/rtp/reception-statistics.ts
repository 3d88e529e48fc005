import type { ReceptionReport, SenderReport } from './rtcp-packet.ts';

/** What a receiver report says of one source (RFC 3550 §6.4.1, appendix A.3 and A.8). */
export class ReceptionStatistics {
  readonly #ssrc: number;
  readonly #clockRate: number;
  #firstSequence: number | undefined;
  #highestSequence = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitterTicks = 0;
  #transitTicks: number | undefined;
  #senderReport: { ntpMiddle: number; arrivedMs: number } | undefined;

  constructor(ssrc: number, clockRate: number) {
    this.#ssrc = ssrc;
    this.#clockRate = clockRate;
  }

  /** @param sequence and timestamp widened */
  packet(sequence: number, timestamp: number, nowMs: number): void {
    this.#firstSequence ??= sequence;
    this.#highestSequence = Math.max(this.#highestSequence, sequence);
    this.#received += 1;
    const transit = (nowMs * this.#clockRate) / 1000 - timestamp;
    if (this.#transitTicks !== undefined) {
      this.#jitterTicks += (Math.abs(transit - this.#transitTicks) - this.#jitterTicks) / 16;
    }
    this.#transitTicks = transit;
  }

  /** The sequence began anew: counts of the old one mean nothing any more. */
  reset(): void {
    this.#firstSequence = undefined;
    this.#highestSequence = 0;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#transitTicks = undefined;
  }

  senderReport(report: SenderReport, nowMs: number): void {
    this.#senderReport = { ntpMiddle: report.ntpMiddle, arrivedMs: nowMs };
  }

  /** The block to send now; begins a new interval for the fraction lost. Undefined before the first packet. */
  report(nowMs: number): ReceptionReport | undefined {
    if (this.#firstSequence === undefined) return undefined;
    const expected = this.#highestSequence - this.#firstSequence + 1;
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    const sr = this.#senderReport;
    return {
      ssrc: this.#ssrc,
      fractionLost:
        expectedNow > 0 && lostNow > 0 ? Math.min(255, Math.floor((lostNow * 256) / expectedNow)) : 0,
      cumulativeLost: Math.max(-0x800000, Math.min(0x7fffff, expected - this.#received)),
      extendedHighestSequence: this.#highestSequence % 2 ** 32,
      jitterTicks: Math.min(0xffffffff, Math.floor(this.#jitterTicks)),
      lastSenderReport: sr?.ntpMiddle ?? 0,
      delaySinceLastSenderReport: sr
        ? Math.min(0xffffffff, Math.floor(((nowMs - sr.arrivedMs) * 65536) / 1000))
        : 0,
    };
  }
}
