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
  payload: Buffer;
  arrivalMs: number;
}

/** A TOC byte with at most one more carries no sound (RFC 6716 §3.1). */
const MAX_DTX_BYTES = 2;

/** RFC 7587: one Opus packet in each RTP packet. */
export class OpusDepacketizer {
  #malformed = 0;

  stats(): { malformed: number } {
    return { malformed: this.#malformed };
  }

  /** Losses need no item of their own: the timestamps show them. */
  push(item: OrderedItem): OpusItem[] {
    if (item.type !== 'packet' || item.payload.length === 0) return [];
    const { arrivalMs, payload, timestamp } = item;
    try {
      const { channels, durationTicks } = parseOpusToc(payload);
      return [
        { timestamp, durationTicks, channels, dtx: payload.length <= MAX_DTX_BYTES, payload, arrivalMs },
      ];
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause;
      this.#malformed += 1;
      return [];
    }
  }
}
