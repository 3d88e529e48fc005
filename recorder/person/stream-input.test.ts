import { describe, expect, test } from 'vitest';
import { streams } from '../control/testing/sent-media.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import { openStream } from '../pipeline.ts';
import { parseRtpPacket } from '../rtp/rtp-packet.ts';
import { Clocks } from '../timeline/clocks.ts';
import type { MediaSink } from './media-path.ts';

const context = {
  transcodes: { open: () => undefined as never },
  clocks: new Clocks(
    () => 1000,
    () => 20,
  ),
};
const deaf: MediaSink = {
  ...{ arrived: () => {}, sound: () => {}, lost: () => {}, unit: () => {}, interrupted: () => {} },
};

function openInput(source: 'camera' | 'screen') {
  const arrived: number[] = [];
  const sink = { ...deaf, arrived: (atMs: number) => void arrived.push(atMs) };
  const stream = { ...streams.video, source };
  return { input: openStream(context, stream, sink), arrived };
}

const packet = parseRtpPacket(Buffer.from('806600010000000011111111', 'hex'));

test('the first packet is told, on the SFU’s clock', () => {
  const { input, arrived } = openInput('camera');
  input.push(packet, 1500);
  input.push({ ...packet, sequenceNumber: 2 }, 1510);
  expect(arrived).toEqual([1520]);
});

test('[LIGHT1] packets are due since the last one, and after a pause since its end', () => {
  const { input } = openInput('camera');
  expect(input.waitingSinceMs).toBe(1000);
  input.push(packet, 1500);
  expect(input.waitingSinceMs).toBe(1500);
  input.setPaused(true, 2000);
  expect(input.waitingSinceMs).toBeUndefined();
  input.setPaused(false, 60_000);
  expect(input.waitingSinceMs).toBe(60_000);
  input.setPaused(false, 61_000);
  expect(input.waitingSinceMs).toBe(60_000);
});

test('[LIGHT1] a screen that has been seen may rest', () => {
  const { input } = openInput('screen');
  expect(input.waitingSinceMs).toBe(1000);
  input.push(packet, 1500);
  expect(input.waitingSinceMs).toBeUndefined();
});

describe('sound', () => {
  /** Packets of 20 ms by their number, at these instants; what is heard of it, and so much lost before it, in packets. */
  function heard(arrivals: [sequence: number, atMs: number][], untilMs = 5000) {
    const items: [number, number][] = [];
    const losses: number[] = [];
    const sink = {
      ...deaf,
      sound: ({ lostTicks, timestamp }: OpusItem) =>
        void items.push([(timestamp % 2 ** 32) / 960, lostTicks / 960]),
      lost: ({ packets }: { packets: number }) => void losses.push(packets),
    };
    const input = openStream(context, { ...streams.audio }, sink);
    const { payloadType } = streams.audio.codec;
    let last = 1000;
    const upTo = (atMs: number) => {
      for (; last < atMs; last += 20) input.tick(last);
    };
    for (const [sequenceNumber, atMs] of arrivals) {
      upTo(atMs);
      const payload = Buffer.alloc(40, 0x78);
      input.push({ ...packet, payloadType, sequenceNumber, timestamp: sequenceNumber * 960, payload }, atMs);
    }
    upTo(untilMs);
    return { items, losses };
  }

  test('[AUD16] a packet that comes late, but before it is given up, is heard itself', () => {
    const late = heard([
      [1, 1000],
      [2, 1020],
      [4, 1060],
      [5, 1080],
      [3, 2400],
    ]);
    expect(late.items).toEqual([1, 2, 3, 4, 5].map((sequence) => [sequence, 0]));
    expect(late.losses).toEqual([]);
  });

  test('[AUD16] one that never comes is told with the next one, and is a loss', () => {
    const { items, losses } = heard([
      [1, 1000],
      [2, 1020],
      [5, 1080],
      [6, 1100],
    ]);
    expect(items).toEqual([
      [1, 0],
      [2, 0],
      [5, 2],
      [6, 0],
    ]);
    expect(losses).toEqual([2]);
  });
});
