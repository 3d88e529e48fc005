import { describe, expect, test } from 'vitest';
import { LossOrigin } from './loss-origin.ts';

function received(sequences: number[]): LossOrigin {
  const origin = new LossOrigin();
  for (const sequence of sequences) origin.packet(sequence);
  return origin;
}

describe('[RTP13] the SFU’s count of packets tells where a loss happened', () => {
  test('without a report since the loss it is not known', () => {
    const origin = received([1, 2, 5]);
    expect(origin.of(2, 100)).toBe('unknown');
    origin.report(3, 5, 90);
    expect(origin.of(2, 100)).toBe('unknown');
  });

  test('what the SFU did not send was lost before it', () => {
    const origin = received([1, 2]);
    origin.report(2, 2, 0);
    for (const sequence of [5, 6]) origin.packet(sequence);
    origin.report(4, 6, 200);
    expect(origin.of(2, 100)).toBe('uplink');
  });

  test('what the SFU sent was lost after it, once', () => {
    const origin = received([1, 2]);
    origin.report(2, 2, 0);
    for (const sequence of [5, 6]) origin.packet(sequence);
    origin.report(6, 6, 200);
    expect(origin.of(2, 100)).toBe('last');
    expect(origin.of(1, 100)).toBe('uplink');
  });

  test('repairs that come after the report are none of its losses', () => {
    const origin = received([1, 2]);
    origin.report(2, 2, 0);
    for (const sequence of [5, 6]) origin.packet(sequence);
    origin.report(5, 6, 200);
    origin.packet(3);
    expect(origin.of(1, 100)).toBe('uplink');
  });

  test('what was sent before the first packet does not count, and the count may wrap', () => {
    const origin = received([1]);
    origin.report(2 ** 32 - 1, 1, 0);
    for (const sequence of [2, 4]) origin.packet(sequence);
    origin.report(2, 4, 200);
    expect(origin.of(1, 100)).toBe('last');
  });
});
