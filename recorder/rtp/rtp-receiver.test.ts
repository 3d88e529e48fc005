import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_NACKED_AT_ONCE, MIN_NACK_INTERVAL_MS, NACK_INTERVAL_MS } from './holes.ts';
import type { RtpPacket } from './rtp-packet.ts';
import {
  KEYFRAME_AFTER_MS,
  MAX_DROPOUT,
  MAX_HELD_BYTES,
  type OrderedItem,
  REPAIR_WINDOW_MS,
  RtpReceiver,
} from './rtp-receiver.ts';

const NOW_MS = 1_790_000_000_000;

function receiver(kind: 'audio' | 'video' = 'video') {
  return new RtpReceiver({ ssrc: 2, localSsrc: 1, cname: 'test', payloadType: 102, clockRate: 90_000, kind });
}

function packet(sequenceNumber: number, bytes = 10): RtpPacket {
  const sequence = (sequenceNumber + 0x10000) % 0x10000;
  return {
    payloadType: 102,
    marker: false,
    sequenceNumber: sequence,
    timestamp: sequence * 3000,
    ssrc: 2,
    payload: Buffer.alloc(bytes, sequence),
  };
}

/** Sequence numbers as on the wire, and what was lost in between. */
function seen(items: readonly OrderedItem[]): (number | string)[] {
  return items.map((item) => {
    if (item.type === 'packet') return item.sequence % 0x10000;
    return item.type === 'lost' ? `lost ${item.count}` : 'reset';
  });
}

/** The feedback messages of a compound packet, as `type/format`, and the NACKed numbers. */
function feedbackOf(rtcp: Buffer | undefined): string[] {
  const kinds: string[] = [];
  for (let at = 0; rtcp && at < rtcp.length; at += 4 + 4 * rtcp.readUInt16BE(at + 2)) {
    const type = rtcp.readUInt8(at + 1);
    if (type === 205)
      kinds.push(`nack ${rtcp.readUInt16BE(at + 12)}/${rtcp.readUInt16BE(at + 14).toString(2)}`);
    else kinds.push({ 201: 'report', 202: 'cname', 206: 'pli' }[type] ?? `${type}`);
  }
  return kinds;
}

describe('RtpReceiver', () => {
  test('[RTP5] packets in order pass at once', () => {
    const rtp = receiver();
    for (const sequence of [65534, 65535, 0, 1])
      expect(seen(rtp.push(packet(sequence), NOW_MS))).toEqual([sequence]);
  });

  test('[RTP6] reordered packets come out in order, duplicates and late ones once', () => {
    const rtp = receiver();
    const out = [10, 12, 13, 12, 11, 11, 14].flatMap((sequence) => rtp.push(packet(sequence), NOW_MS));
    expect(seen(out)).toEqual([10, 11, 12, 13, 14]);
    expect(rtp.stats()).toMatchObject({ received: 5, duplicates: 1, late: 1, repaired: 1, lost: 0 });
  });

  test('[RTP7] a hole is asked for at once, again after the interval, and given up after the window', () => {
    const rtp = receiver();
    rtp.push(packet(10), NOW_MS);
    expect(feedbackOf(rtp.feedback(NOW_MS))).toEqual(['report', 'cname']);
    rtp.push(packet(13), NOW_MS + 10);
    expect(feedbackOf(rtp.feedback(NOW_MS + 10))).toEqual(['report', 'cname', 'nack 11/1']);
    expect(rtp.feedback(NOW_MS + 20)).toBeUndefined();
    expect(feedbackOf(rtp.feedback(NOW_MS + 10 + NACK_INTERVAL_MS))).toEqual([
      'report',
      'cname',
      'nack 11/1',
    ]);
    expect(rtp.tick(NOW_MS + 9 + REPAIR_WINDOW_MS)).toEqual([]);
    expect(seen(rtp.tick(NOW_MS + 10 + REPAIR_WINDOW_MS))).toEqual(['lost 2', 13]);
    expect(rtp.feedback(NOW_MS + 11 + REPAIR_WINDOW_MS + NACK_INTERVAL_MS)).toBeDefined();
  });

  test('[RTP8] a hole of 250 ms in a picture asks for a keyframe, at most once a second', () => {
    const rtp = receiver();
    rtp.push(packet(10), NOW_MS);
    rtp.feedback(NOW_MS);
    rtp.push(packet(12), NOW_MS);
    rtp.feedback(NOW_MS);
    expect(feedbackOf(rtp.feedback(NOW_MS + KEYFRAME_AFTER_MS))).toContain('pli');
    expect(feedbackOf(rtp.feedback(NOW_MS + KEYFRAME_AFTER_MS + 500))).not.toContain('pli');
    expect(feedbackOf(rtp.feedback(NOW_MS + KEYFRAME_AFTER_MS + 1000))).toContain('pli');
    const audio = receiver('audio');
    audio.push(packet(10), NOW_MS);
    audio.push(packet(12), NOW_MS);
    expect(feedbackOf(audio.feedback(NOW_MS + KEYFRAME_AFTER_MS))).not.toContain('pli');
  });

  test('[RTP7] retries follow the round trip once a repair has shown it', () => {
    const rtp = receiver();
    rtp.push(packet(10), NOW_MS);
    rtp.push(packet(12), NOW_MS);
    expect(feedbackOf(rtp.feedback(NOW_MS))).toContain('nack 11/0');
    rtp.push(packet(11), NOW_MS + 40);
    rtp.push(packet(14), NOW_MS + 50);
    expect(feedbackOf(rtp.feedback(NOW_MS + 50))).toContain('nack 13/0');
    expect(rtp.feedback(NOW_MS + 99)).toBeUndefined();
    expect(feedbackOf(rtp.feedback(NOW_MS + 100))).toContain('nack 13/0');
    // A repair that was asked for twice may answer either request.
    const repeated = receiver();
    repeated.push(packet(10), NOW_MS);
    repeated.push(packet(12), NOW_MS);
    for (const askedMs of [0, NACK_INTERVAL_MS]) repeated.feedback(NOW_MS + askedMs);
    repeated.push(packet(11), NOW_MS + NACK_INTERVAL_MS + 20);
    repeated.push(packet(14), NOW_MS + 200);
    repeated.feedback(NOW_MS + 200);
    expect(repeated.feedback(NOW_MS + 199 + NACK_INTERVAL_MS)).toBeUndefined();
    // A packet that was on its way already when it was asked for says nothing of the round trip.
    const quick = receiver();
    quick.push(packet(10), NOW_MS);
    quick.push(packet(12), NOW_MS);
    quick.feedback(NOW_MS);
    quick.push(packet(11), NOW_MS + 1);
    quick.push(packet(14), NOW_MS + 1);
    quick.feedback(NOW_MS + 1);
    expect(quick.feedback(NOW_MS + MIN_NACK_INTERVAL_MS)).toBeUndefined();
    expect(quick.feedback(NOW_MS + 1 + MIN_NACK_INTERVAL_MS)).toBeDefined();
  });

  test('[RTP8] a keyframe that has come is not asked for again', () => {
    const rtp = receiver();
    rtp.push(packet(10), NOW_MS);
    rtp.requestKeyframe();
    expect(feedbackOf(rtp.feedback(NOW_MS))).toContain('pli');
    rtp.requestKeyframe();
    expect(rtp.feedback(NOW_MS + 50)).toBeUndefined();
    expect(feedbackOf(rtp.feedback(NOW_MS + 1000))).toEqual(['report', 'cname']);
  });

  test('[RTP9] what is held behind a hole is bounded in bytes', () => {
    const rtp = receiver();
    rtp.push(packet(10), NOW_MS);
    const size = 1400;
    const out: OrderedItem[] = [];
    for (let i = 12; (i - 12) * size <= MAX_HELD_BYTES; i += 1)
      out.push(...rtp.push(packet(i, size), NOW_MS));
    expect(seen(out).slice(0, 2)).toEqual(['lost 1', 12]);
  });

  test('[RTP9] and in packets, however sparse they are and empty; so is the feedback', () => {
    const rtp = receiver();
    const items: OrderedItem[] = [];
    for (let i = 0; i < 60; i += 1) {
      items.push(...rtp.push(packet((i * (MAX_DROPOUT - 1)) % 0x10000, 0), NOW_MS));
      expect(rtp.feedback(NOW_MS)?.length ?? 0).toBeLessThan(100 + 4 * MAX_NACKED_AT_ONCE);
    }
    const { lost, received } = rtp.stats();
    expect(received).toBe(60);
    expect(lost).toBeGreaterThanOrEqual(58 * (MAX_DROPOUT - 2));
    const dense = receiver();
    dense.push(packet(0), NOW_MS);
    dense.push(packet(1000), NOW_MS);
    const asked = [0, 0, 0, 0, 0].map(() => dense.feedback(NOW_MS)).filter((rtcp) => rtcp !== undefined);
    expect(asked).toHaveLength(Math.ceil(999 / MAX_NACKED_AT_ONCE));
  });

  test('[RTP10] a sender that begins anew is believed at its second packet, and none is lost', () => {
    const rtp = receiver();
    rtp.push(packet(100), NOW_MS);
    expect(rtp.push(packet(40_000), NOW_MS)).toEqual([]);
    expect(seen(rtp.push(packet(101), NOW_MS))).toEqual([101]);
    expect(rtp.push(packet(20_000), NOW_MS)).toEqual([]);
    expect(seen(rtp.push(packet(20_001), NOW_MS))).toEqual(['reset', 20_000, 20_001]);
    expect(seen(rtp.push(packet(20_002), NOW_MS))).toEqual([20_002]);
    expect(rtp.stats()).toMatchObject({ resets: 1, received: 5, lost: 0 });
  });

  test.each([
    ['later', 1_000_000_000],
    ['earlier', -1_000_000_000],
  ])('[RTP10] also when it begins just below where it was, with %s timestamps', (_, ticks) => {
    const rtp = receiver();
    for (let i = 500; i < 520; i += 1) rtp.push(packet(i), NOW_MS);
    const anew = (i: number) => ({
      ...packet(i),
      timestamp: (packet(i).timestamp + ticks + 2 ** 32) % 2 ** 32,
    });
    expect(rtp.push(anew(300), NOW_MS)).toEqual([]);
    expect(seen(rtp.push(anew(301), NOW_MS))).toEqual(['reset', 300, 301]);
    expect(rtp.push(packet(519), NOW_MS)).toEqual([]);
    expect(seen(rtp.push(anew(302), NOW_MS))).toEqual([302]);
  });

  test('[RTP10] repairs that come too late are late, not a new sequence', () => {
    const rtp = receiver();
    for (const i of [10, 11, 15, 16]) rtp.push(packet(i), NOW_MS);
    rtp.tick(NOW_MS + REPAIR_WINDOW_MS);
    for (const i of [12, 13, 14]) expect(rtp.push(packet(i), NOW_MS + REPAIR_WINDOW_MS + 1)).toEqual([]);
    expect(rtp.stats()).toMatchObject({ late: 3, resets: 0, lost: 3 });
  });

  test('[RTP11] another payload type than the announced one is not taken', () => {
    const rtp = receiver();
    expect(rtp.push({ ...packet(1), payloadType: 96 }, NOW_MS)).toEqual([]);
    expect(rtp.stats().foreign).toBe(1);
  });

  test('[RTP12] whatever the network does, packets come out once, in order, and all that is missing is told', () => {
    const faults = fc.array(fc.record({ at: fc.nat(199), to: fc.nat(30), copies: fc.nat(2) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(faults, fc.nat(0xffff), (list, first) => {
        const rtp = receiver();
        const arrivals = Array.from({ length: 200 }, (_, i) => ({ i, at: i as number }));
        for (const { at, copies, to } of list) {
          const arrival = arrivals.find(({ i }) => i === at);
          if (!arrival || at === 0 || at === 199) continue;
          if (copies === 0) arrivals.splice(arrivals.indexOf(arrival), 1);
          else arrival.at += to;
          if (copies === 2) arrivals.push({ i: at, at: at + to });
        }
        arrivals.sort((a, b) => a.at - b.at);
        const items = arrivals.flatMap(({ at, i }) => [
          ...rtp.push(packet(first + i), NOW_MS + at),
          ...rtp.tick(NOW_MS + at),
        ]);
        items.push(...rtp.flush(NOW_MS + 9999));
        let next: number | undefined;
        for (const item of items) {
          if (item.type === 'reset') throw new Error('no reset was made');
          const from = item.type === 'packet' ? item.sequence : item.fromSequence;
          expect(from).toBe(next ?? from);
          next = from + (item.type === 'packet' ? 1 : item.count);
        }
        const kept = new Set(arrivals.map(({ i }) => i)).size;
        expect(items.filter((item) => item.type === 'packet')).toHaveLength(kept);
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});
