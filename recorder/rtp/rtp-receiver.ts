import { Holes } from './holes.ts';
import { LossOrigin, type LostHop } from './loss-origin.ts';
import { ReceptionStatistics } from './reception-statistics.ts';
import { encodeNack, encodePli, encodeReceiverReport, type SenderReport } from './rtcp-packet.ts';
import type { RtpPacket } from './rtp-packet.ts';
import { Widener } from './widen.ts';

/** A missing packet is waited for this long: mediasoup keeps video for 2 s, audio for 1 s [D5]. */
export const REPAIR_WINDOW_MS = 1500;
/** A hole in video this old asks for a keyframe already: the repair may not come [D5]. */
export const KEYFRAME_AFTER_MS = 250;
/** Bytes held back behind a hole. */
export const MAX_HELD_BYTES = 4 * 1024 * 1024;
/**
 * Further apart than this in either direction is another sequence, not a hole (RFC 3550 A.1, MAX_DROPOUT); and no more
 * packets than this lie between the first that is waited for and the last that came.
 */
export const MAX_DROPOUT = 3000;
/** A late packet is younger than this by its timestamp: one repaired in vain is 2 s old at most. */
const MAX_LATENESS_S = 10;
const REPORT_INTERVAL_MS = 1000;
/** mediasoup drops a PLI that repeats within a second. */
const PLI_INTERVAL_MS = 1000;

/** What comes out of a receiver, in the order in which it was sent. Sequence and timestamp are widened. */
export type OrderedItem =
  | {
      type: 'packet';
      sequence: number;
      timestamp: number;
      marker: boolean;
      payload: Buffer;
      arrivalMs: number;
    }
  /** Packets that will not come any more. */
  | { type: 'lost'; fromSequence: number; count: number; hop: LostHop; sinceMs: number; nowMs: number }
  /** The sender began another sequence: nothing that follows continues what went before. */
  | { type: 'reset'; nowMs: number };

const NOTHING: readonly OrderedItem[] = [];

type Ordered = Extract<OrderedItem, { type: 'packet' }>;

export interface ReceiverStats {
  received: number;
  duplicates: number;
  late: number;
  lost: number;
  repaired: number;
  resets: number;
  /** Another payload type than the announced one. */
  foreign: number;
}

/**
 * The receiving end of one SSRC: order, repair, reports. Packets that come in order pass at once; those behind a hole
 * wait for its repair, bounded in time and bytes.
 */
export class RtpReceiver {
  readonly #ssrc: number;
  readonly #localSsrc: number;
  readonly #cname: string;
  readonly #payloadType: number;
  readonly #isVideo: boolean;
  readonly #maxLatenessTicks: number;
  readonly #timestamps = new Widener(32);
  readonly #statistics: ReceptionStatistics;
  #origin = new LossOrigin();
  readonly #holes = new Holes();
  readonly #held = new Map<number, Ordered>();
  readonly #stats: ReceiverStats = {
    received: 0,
    duplicates: 0,
    late: 0,
    lost: 0,
    repaired: 0,
    resets: 0,
    foreign: 0,
  };
  #sequences = new Widener(16);
  #next: number | undefined;
  #highest = 0;
  /** Timestamp of the packet with the highest sequence number. */
  #highestTicks = 0;
  #heldBytes = 0;
  #probation: { packet: RtpPacket; arrivalMs: number } | undefined;
  #keyframeWanted = false;
  #lastPliMs = Number.NEGATIVE_INFINITY;
  #lastReportMs = Number.NEGATIVE_INFINITY;

  constructor(options: {
    ssrc: number;
    localSsrc: number;
    cname: string;
    payloadType: number;
    clockRate: number;
    kind: 'audio' | 'video';
  }) {
    this.#ssrc = options.ssrc;
    this.#localSsrc = options.localSsrc;
    this.#cname = options.cname;
    this.#payloadType = options.payloadType;
    this.#isVideo = options.kind === 'video';
    this.#maxLatenessTicks = MAX_LATENESS_S * options.clockRate;
    this.#statistics = new ReceptionStatistics(options.ssrc, options.clockRate);
  }

  stats(): ReceiverStats {
    return { ...this.#stats };
  }

  /** True while packets wait behind one that is missing. */
  get isHolding(): boolean {
    return this.#held.size > 0;
  }

  /** @param arrivalMs when it came, where that was before `nowMs`: we did not run then */
  push(packet: RtpPacket, nowMs: number, arrivalMs = nowMs): OrderedItem[] {
    if (packet.payloadType !== this.#payloadType) {
      this.#stats.foreign += 1;
      return [];
    }
    if (this.#isElsewhere(packet)) return this.#restart(packet, nowMs, arrivalMs);
    this.#probation = undefined;
    return this.#take(packet, nowMs, arrivalMs);
  }

  /** We did not run for so long, from this instant on: what was missing then has the rest of its time still. */
  missed(ms: number, fromMs: number): void {
    this.#holes.missed(ms, fromMs);
  }

  /** Gives up what waited too long. */
  tick(nowMs: number): readonly OrderedItem[] {
    if (!this.#holes.oldest()) return NOTHING;
    const items: OrderedItem[] = [];
    for (let hole = this.#holes.oldest(); hole; hole = this.#holes.oldest()) {
      if (nowMs - hole.sinceMs - hole.missedMs < REPAIR_WINDOW_MS) break;
      this.#giveUp(nowMs, items);
    }
    return items;
  }

  /** Everything that is held, with what is missing in between as lost. */
  flush(nowMs: number): OrderedItem[] {
    const items: OrderedItem[] = [];
    while (this.#held.size > 0) this.#giveUp(nowMs, items);
    return items;
  }

  onSenderReport(report: SenderReport, nowMs: number): void {
    this.#statistics.senderReport(report, nowMs);
    if (this.#next !== undefined) this.#origin.report(report.packetCount, this.#highest, nowMs);
  }

  /**
   * Asks for a keyframe with the next feedback, unless that was done within the last second. Call it before each
   * feedback for as long as one is wanted: a request is not kept, lest it goes out after the keyframe has come.
   */
  requestKeyframe(): void {
    this.#keyframeWanted = true;
  }

  /** The RTCP that is due now, as one compound packet (RFC 3550 §6.1: a report comes first). */
  feedback(nowMs: number): Buffer | undefined {
    if (this.#next === undefined) return undefined;
    const missing = this.#holes.due(nowMs);
    const pliDue = this.#isVideo && this.#pliDue(nowMs);
    this.#keyframeWanted = false;
    if (missing.length === 0 && !pliDue && nowMs - this.#lastReportMs < REPORT_INTERVAL_MS) return undefined;
    this.#lastReportMs = nowMs;
    const parts = [encodeReceiverReport(this.#localSsrc, this.#cname, this.#statistics.report(nowMs))];
    if (missing.length > 0) parts.push(encodeNack(this.#localSsrc, this.#ssrc, missing.map(toWire)));
    if (pliDue) {
      this.#lastPliMs = nowMs;
      parts.push(encodePli(this.#localSsrc, this.#ssrc));
    }
    return Buffer.concat(parts);
  }

  #take(packet: RtpPacket, nowMs: number, arrivalMs: number): OrderedItem[] {
    const sequence = this.#sequences.widen(packet.sequenceNumber);
    const timestamp = this.#timestamps.widen(packet.timestamp);
    this.#next ??= sequence;
    if (sequence < this.#next) {
      this.#stats.late += 1;
      return [];
    }
    if (this.#held.has(sequence)) {
      this.#stats.duplicates += 1;
      return [];
    }
    this.#stats.received += 1;
    this.#statistics.packet(sequence, timestamp, arrivalMs);
    // The SFU's count has no packets of padding alone.
    if (packet.payload.length > 0) this.#origin.packet(sequence);
    const { marker, payload } = packet;
    const item: Ordered = { type: 'packet', sequence, timestamp, marker, payload, arrivalMs };
    if (this.#holes.repair(sequence, nowMs)) this.#stats.repaired += 1;
    const expected = Math.max(this.#next, this.#highest + 1);
    if (sequence > this.#highest) {
      this.#highest = sequence;
      this.#highestTicks = timestamp;
    }
    if (sequence === this.#next) {
      this.#next += 1;
      // Nearly always: an array that has to grow costs more than all that happens here.
      const items: OrderedItem[] = [item];
      this.#release(items);
      return items;
    }
    this.#holes.open(expected, sequence, nowMs);
    this.#held.set(sequence, item);
    this.#heldBytes += payload.length;
    const items: OrderedItem[] = [];
    while (this.#heldBytes > MAX_HELD_BYTES || this.#highest - this.#next > MAX_DROPOUT) {
      this.#giveUp(nowMs, items);
    }
    return items;
  }

  /**
   * Does the packet belong to another sequence than ours? By its number it lies too far away; or it is late by its
   * number but not by its time, as when a sender begins anew a little below where it was.
   */
  #isElsewhere(packet: RtpPacket): boolean {
    if (this.#next === undefined) return false;
    const sequence = this.#sequences.peek(packet.sequenceNumber);
    if (Math.abs(sequence - this.#highest) > MAX_DROPOUT) return true;
    if (sequence >= this.#next) return false;
    const lateTicks = this.#highestTicks - this.#timestamps.peek(packet.timestamp);
    return lateTicks < 0 || lateTicks > this.#maxLatenessTicks;
  }

  /** A packet from elsewhere is believed once the one right after it has come too (RFC 3550 A.1). */
  #restart(packet: RtpPacket, nowMs: number, arrivalMs: number): OrderedItem[] {
    const first = this.#probation;
    if (!first || packet.sequenceNumber !== (first.packet.sequenceNumber + 1) % 0x10000) {
      this.#probation = { packet, arrivalMs };
      return [];
    }
    const before: OrderedItem[] = [...this.flush(nowMs), { type: 'reset', nowMs }];
    this.#stats.resets += 1;
    this.#probation = undefined;
    this.#sequences = new Widener(16);
    this.#next = undefined;
    this.#highest = 0;
    this.#holes.clear();
    this.#statistics.reset();
    this.#origin = new LossOrigin();
    return [
      ...before,
      ...this.#take(first.packet, nowMs, first.arrivalMs),
      ...this.#take(packet, nowMs, arrivalMs),
    ];
  }

  /** Hands out what now follows without a hole. */
  #release(items: OrderedItem[]): void {
    if (this.#held.size === 0 || this.#next === undefined) return;
    for (let item = this.#held.get(this.#next); item; item = this.#held.get(this.#next)) {
      this.#held.delete(item.sequence);
      this.#heldBytes -= item.payload.length;
      items.push(item);
      this.#next += 1;
    }
  }

  /** The first hole is lost; what follows it goes on. */
  #giveUp(nowMs: number, items: OrderedItem[]): void {
    if (this.#next === undefined) return;
    const fromSequence = this.#next;
    const sinceMs = this.#holes.oldest()?.sinceMs ?? nowMs;
    while (!this.#held.has(this.#next)) {
      this.#holes.giveUp(this.#next);
      this.#next += 1;
    }
    const count = this.#next - fromSequence;
    this.#stats.lost += count;
    const hop = this.#origin.of(count, sinceMs);
    items.push({ type: 'lost', fromSequence, count, hop, sinceMs, nowMs });
    this.#release(items);
  }

  #pliDue(nowMs: number): boolean {
    const oldest = this.#holes.oldest();
    const holeIsOld = oldest !== undefined && nowMs - oldest.sinceMs >= KEYFRAME_AFTER_MS;
    return (this.#keyframeWanted || holeIsOld) && nowMs - this.#lastPliMs >= PLI_INTERVAL_MS;
  }
}

function toWire(sequence: number): number {
  return sequence % 0x10000;
}
