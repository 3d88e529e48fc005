import { nearest } from './widen.ts';

/** On which stretch packets were lost: between sender and SFU, or between SFU and recorder. */
export type LostHop = 'uplink' | 'last' | 'unknown';

const COUNT_RANGE = 2 ** 32;

/**
 * Tells where packets were lost. A Sender Report of the SFU counts the packets that it sent (RFC 3550 §6.4.1), without
 * repairs: what is missing beyond the difference to ours never reached the SFU.
 */
export class LossOrigin {
  #received = 0;
  /** Sent by the SFU before our first packet. */
  #sentBefore: number | undefined;
  #report: { sent: number; received: number; highest: number; atMs: number } | undefined;
  /** Lost on the last hop, and told already. */
  #told = 0;

  /** A packet that was not there before. @param sequence widened */
  packet(sequence: number): void {
    this.#received += 1;
    // Repaired after the report that counts it.
    if (this.#report && sequence <= this.#report.highest) this.#report.received += 1;
  }

  /** @param packetCount 32 bits, as on the wire @param highest the highest sequence number that has come, widened */
  report(packetCount: number, highest: number, nowMs: number): void {
    const sent = this.#report ? nearest(packetCount, this.#report.sent, COUNT_RANGE) : packetCount;
    this.#sentBefore ??= sent - this.#received;
    this.#report = { sent, received: this.#received, highest, atMs: nowMs };
  }

  /** Where `count` packets were lost that are given up now; they were first missed at `sinceMs`. */
  of(count: number, sinceMs: number): LostHop {
    const report = this.#report;
    if (!report || this.#sentBefore === undefined || report.atMs < sinceMs) return 'unknown';
    const missing = report.sent - this.#sentBefore - report.received - this.#told;
    if (2 * missing < count) return 'uplink';
    this.#told += Math.min(missing, count);
    return 'last';
  }
}
