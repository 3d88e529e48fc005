import { Malformed } from '../bytes/malformed.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import { parseOpusToc } from './opus-toc.ts';

export interface OpusItem {
  /** Widened RTP timestamp: 48 kHz ticks, whatever the coded bandwidth (RFC 7587 §4.1). */
  timestamp: number;
  durationTicks: number;
  channels: 1 | 2;
  /** Discontinuous transmission: silence, until the next packet (RFC 7587 §3.1.3). */
  dtx: boolean;
  /** So much sound right before it was lost: its packets will not come any more. */
  lostTicks: number;
  payload: Buffer;
  arrivalMs: number;
}

/** A TOC byte with at most one more carries no sound (RFC 6716 §3.1). */
const MAX_DTX_BYTES = 2;

/** RFC 7587: one Opus packet in each RTP packet. */
export class OpusDepacketizer {
  #malformed = 0;
  /** Packets lost since the last one. */
  #lost = 0;
  #last: { endTicks: number; durationTicks: number } | undefined;

  stats(): { malformed: number } {
    return { malformed: this.#malformed };
  }

  push(item: OrderedItem): OpusItem[] {
    if (item.type === 'lost') this.#lost += item.count;
    if (item.type === 'reset') this.#last = undefined;
    if (item.type !== 'packet' || item.payload.length === 0) return [];
    const { arrivalMs, payload, timestamp } = item;
    try {
      const { channels, durationTicks } = parseOpusToc(payload);
      const lostTicks = this.#lostBefore(timestamp, durationTicks);
      this.#last = { endTicks: timestamp + durationTicks, durationTicks };
      const dtx = payload.length <= MAX_DTX_BYTES;
      return [{ timestamp, durationTicks, channels, dtx, lostTicks, payload, arrivalMs }];
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#malformed += 1;
      return [];
    }
  }

  /** Of the time since the last packet no more than the lost ones can have lasted: the rest is a pause of the sender. */
  #lostBefore(timestamp: number, durationTicks: number): number {
    const [lost, last] = [this.#lost, this.#last];
    this.#lost = 0;
    if (lost === 0 || !last) return 0;
    const mostTicks = lost * Math.max(durationTicks, last.durationTicks);
    return Math.max(0, Math.min(timestamp - last.endTicks, mostTicks));
  }
}
