import { expect, test } from 'vitest';
import { parseRtpPacket } from '../rtp/rtp-packet.ts';
import { streams } from './fixtures/sent-media.ts';
import { StreamInput } from './stream-input.ts';

const transcodes = { max: 0, open: () => undefined } as never;

function openInput(source: 'camera' | 'screen') {
  const arrived: number[] = [];
  const sink = {
    ...{ audio: () => {}, lost: () => {}, video: () => {}, interrupted: () => {} },
    arrived: (atMs: number) => void arrived.push(atMs),
  };
  const stream = { ...streams.video, source };
  return { input: new StreamInput(stream, sink, 1000, transcodes), arrived };
}

const packet = parseRtpPacket(Buffer.from('806600010000000011111111', 'hex'));

test('the first packet is told, on the SFU’s clock', () => {
  const { input, arrived } = openInput('camera');
  input.push(packet, 1500, 20);
  input.push({ ...packet, sequenceNumber: 2 }, 1510, 20);
  expect(arrived).toEqual([1520]);
});

test('[LIGHT1] packets are due since the last one, and after a pause since its end', () => {
  const { input } = openInput('camera');
  expect(input.waitingSinceMs).toBe(1000);
  input.push(packet, 1500, 0);
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
  input.push(packet, 1500, 0);
  expect(input.waitingSinceMs).toBeUndefined();
});
