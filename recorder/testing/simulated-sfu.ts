import type { Clock } from '#service/clock.ts';
import type { Hop } from './hop.ts';
import type { SentPacket } from './sender.ts';
import { epochMsToNtp, type Feedback, parseFeedback, rtpPacket, senderReport } from './wire.ts';

type Kind = SentPacket['kind'];

export const FIRST_SSRC: Record<Kind, number> = { audio: 0x22222222, video: 0x11111111 };
export const PAYLOAD_TYPE: Record<Kind, number> = { audio: 111, video: 102 };

/** How long mediasoup keeps packets for repair [D5]. */
const KEPT_MS: Record<Kind, number> = { audio: 1000, video: 2000 };
const REPORT_INTERVAL_MS = 1200;
const FIRST_REPORT_MS = 400;
/** Reports are of the arrival until three of the sender's have come [D4]. */
const PROVISIONAL_REPORTS = 3;
const REPORT_JITTER_MS = 5;
/** A repeated NACK within a round trip is dropped, so is a repeated PLI within a second [D5]. */
const NACK_HOLD_MS = 100;
const PLI_HOLD_MS = 1000;

interface Kept {
  datagram: Buffer;
  sinceMs: number;
  resentMs: number;
}

/** mediasoup as the recorder meets it: forwards, keeps packets for repair, reports, passes on keyframe requests. */
export class SimulatedSfu {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #lastHop: Hop;
  readonly #deliver: (datagram: Buffer) => void;
  readonly #requestKeyframe: () => void;
  readonly #kept: Record<Kind, Map<number, Kept>> = { audio: new Map(), video: new Map() };
  readonly #latest: Partial<Record<Kind, { packet: SentPacket; arrivalMs: number }>> = {};
  readonly #ssrc = { ...FIRST_SSRC };
  readonly #encoder = { audio: 0, video: 0 };
  readonly #counts = { audio: 0, video: 0 };
  readonly #indices: Record<Kind, Set<number>> = { audio: new Set(), video: new Set() };
  readonly #reports = { audio: 0, video: 0 };
  #stopReporting: () => void;
  #lastPliMs = Number.NEGATIVE_INFINITY;
  /** Packets that were sent again. */
  repairs = 0;
  keyframeRequests = 0;

  constructor(options: {
    clock: Clock;
    random: () => number;
    lastHop: Hop;
    deliver: (datagram: Buffer) => void;
    requestKeyframe: () => void;
  }) {
    this.#clock = options.clock;
    this.#random = options.random;
    this.#lastHop = options.lastHop;
    this.#deliver = options.deliver;
    this.#requestKeyframe = options.requestKeyframe;
    this.#stopReporting = this.#clock.after(FIRST_REPORT_MS, () => {
      this.#report();
      this.#stopReporting = this.#clock.every(REPORT_INTERVAL_MS, () => this.#report());
    });
  }

  close(): void {
    this.#stopReporting();
  }

  /** A packet came over the uplink. */
  forward(packet: SentPacket): void {
    const nowMs = this.#clock.nowMs();
    const { kind } = packet;
    // On its way still when its producer was closed.
    if (packet.encoder < this.#encoder[kind]) return;
    const datagram = rtpPacket({ ...packet, ssrc: this.#ssrc[kind], payloadType: PAYLOAD_TYPE[kind] });
    const kept = this.#kept[kind];
    kept.set(packet.sequence, { datagram, sinceMs: nowMs, resentMs: Number.NEGATIVE_INFINITY });
    for (const [sequence, { sinceMs }] of kept) {
      if (nowMs - sinceMs <= KEPT_MS[kind]) break;
      kept.delete(sequence);
    }
    this.#latest[kind] = { packet, arrivalMs: nowMs };
    this.#counts[kind] += 1;
    this.#indices[kind].add(packet.index);
    this.#lastHop.send(() => this.#deliver(datagram));
  }

  /** Another producer of this kind: its consumer has another SSRC, which is answered. */
  renew(kind: Kind): number {
    this.#ssrc[kind] += 1;
    this.#encoder[kind] += 1;
    this.#kept[kind].clear();
    this.#counts[kind] = 0;
    this.#reports[kind] = 0;
    delete this.#latest[kind];
    return this.#ssrc[kind];
  }

  /** Packets that the uplink lost between the first and the last one that came. */
  get lostBefore(): number {
    return Object.values(this.#indices).reduce((sum, indices) => {
      const all = [...indices];
      const span = all.length === 0 ? 0 : Math.max(...all) - Math.min(...all) + 1;
      return sum + span - all.length;
    }, 0);
  }

  /** RTCP from the recorder. */
  feedback(datagram: Buffer): void {
    for (const message of parseFeedback(datagram)) this.#take(message);
  }

  #take(message: Feedback): void {
    const nowMs = this.#clock.nowMs();
    if (message.type === 'pli') {
      if (nowMs - this.#lastPliMs < PLI_HOLD_MS) return;
      this.#lastPliMs = nowMs;
      this.keyframeRequests += 1;
      this.#requestKeyframe();
      return;
    }
    const kind = message.ssrc === this.#ssrc.audio ? 'audio' : 'video';
    for (const sequence of message.sequences) {
      const packet = this.#kept[kind].get(sequence);
      if (!packet || nowMs - packet.resentMs < NACK_HOLD_MS || nowMs - packet.sinceMs > KEPT_MS[kind])
        continue;
      packet.resentMs = nowMs;
      this.repairs += 1;
      this.#lastHop.send(() => this.#deliver(packet.datagram));
    }
  }

  #report(): void {
    for (const kind of ['audio', 'video'] as const) {
      const latest = this.#latest[kind];
      if (!latest) continue;
      this.#reports[kind] += 1;
      const instantMs =
        this.#reports[kind] <= PROVISIONAL_REPORTS ? latest.arrivalMs : latest.packet.captureMs;
      const ntp = epochMsToNtp(instantMs + (this.#random() * 2 - 1) * REPORT_JITTER_MS);
      const report = senderReport(this.#ssrc[kind], ntp, latest.packet.timestamp, this.#counts[kind]);
      this.#lastHop.send(() => this.#deliver(report));
    }
  }
}
