import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Malformed } from '../bytes/malformed.ts';
import { epochMsToNtp, ntpToEpochMs } from './ntp-time.ts';
import { encodeNack, encodePli, encodeReceiverReport, parseRtcp } from './rtcp-packet.ts';
import { encodeRtpPacket, isRtcp, parseRtpPacket } from './rtp-packet.ts';
import { Widener } from './widen.ts';

/** name, datagram in hex, what it says; the cases seed the fuzzer too. */
const packets: [string, string, Partial<ReturnType<typeof parseRtpPacket>>][] = [
  [
    'plain',
    '80 e6 1234 00015f90 11111111 616263',
    { payloadType: 102, marker: true, sequenceNumber: 0x1234, timestamp: 90000 },
  ],
  [
    'two CSRCs',
    '82 6f 0001 00000000 22222222 aaaaaaaa bbbbbbbb 616263',
    { payloadType: 111, marker: false, ssrc: 0x22222222 },
  ],
  ['a header extension', '90 6f 0001 00000000 22222222 bede0001 10000000 616263', {}],
  ['padding', 'a0 6f 0001 00000000 22222222 616263 000003', {}],
];

const broken: [string, string][] = [
  ['is cut off', '80 6f 0001 0000'],
  ['is of version 1', '40 6f 0001 00000000 22222222'],
  ['has CSRCs beyond its end', '8f 6f 0001 00000000 22222222 00'],
  ['has an extension beyond its end', '90 6f 0001 00000000 22222222 bede00ff'],
  ['has more padding than bytes', 'a0 6f 0001 00000000 22222222 ff'],
  ['has padding of length zero', 'a0 6f 0001 00000000 22222222 00'],
];

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

describe('[RTP1] parseRtpPacket (RFC 3550 §5.1)', () => {
  test.each(packets)('%s', (_, hex, expected) => {
    const packet = parseRtpPacket(bytes(hex));
    expect(packet).toMatchObject(expected);
    expect(packet.payload.toString()).toBe('abc');
    expect(parseRtpPacket(encodeRtpPacket(packet))).toEqual(packet);
  });

  test.each(broken)('refuses a packet that %s', (_, hex) => {
    expect(() => parseRtpPacket(bytes(hex))).toThrow(Malformed);
  });
});

describe('[RTP2] RTCP (RFC 3550 §6, RFC 4585)', () => {
  test('a sender report in a compound packet, other types skipped', () => {
    const { fraction, seconds } = epochMsToNtp(1_790_000_000_123.25);
    const report = Buffer.alloc(28);
    bytes('80 c8 0006 11111111').copy(report);
    report.writeUInt32BE(seconds, 8);
    report.writeUInt32BE(fraction, 12);
    report.writeUInt32BE(90_000, 16);
    const unknown = bytes('80 cf 0001 00000000');
    const bye = bytes('81 cb 0001 11111111');
    const [sr, left, ...others] = parseRtcp(Buffer.concat([report, unknown, bye]));
    expect(sr).toMatchObject({ type: 'sender-report', ssrc: 0x11111111, rtpTimestamp: 90_000 });
    expect(sr?.type === 'sender-report' && sr.ntpMs).toBeCloseTo(1_790_000_000_123.25, 3);
    expect(left).toEqual({ type: 'bye', ssrcs: [0x11111111] });
    expect(others).toEqual([]);
    expect(isRtcp(report)).toBe(true);
    expect(isRtcp(bytes('80 e6 0000'))).toBe(false);
  });

  test('NTP time keeps a fraction of a millisecond', () => {
    const ms = 1_790_000_000_000.123;
    const { fraction, seconds } = epochMsToNtp(ms);
    expect(ntpToEpochMs(seconds, fraction)).toBeCloseTo(ms, 2);
  });

  test('NTP time goes on after its seconds wrap in February 2036 (RFC 4330 §3)', () => {
    const ms = Date.UTC(2036, 1, 7, 6, 28, 17, 250);
    const { fraction, seconds } = epochMsToNtp(ms);
    expect(seconds).toBe(1);
    expect(ntpToEpochMs(seconds, fraction)).toBe(ms);
  });

  test('NACK packs neighbours into one mask, across the wrap', () => {
    expect(encodeNack(1, 2, [65534, 65535, 1, 40]).toString('hex')).toBe(
      '81cd0004' + '00000001' + '00000002' + 'fffe0005' + '00280000',
    );
  });

  test('PLI and receiver report have the lengths they claim', () => {
    expect(encodePli(1, 2).toString('hex')).toBe('81ce00020000000100000002');
    const report = encodeReceiverReport(1, 'verbatim', {
      ssrc: 2,
      fractionLost: 255,
      cumulativeLost: -3,
      extendedHighestSequence: 0xffffffff,
      jitterTicks: 7,
      lastSenderReport: 8,
      delaySinceLastSenderReport: 9,
    });
    expect(report.subarray(0, 32).toString('hex')).toBe(
      '81c90007' + '0000000100000002' + 'fffffffdffffffff' + '00000007' + '00000008' + '00000009',
    );
    expect(parseRtcp(report)).toEqual([]);
  });
});

test('[RTP3] parsers answer or throw Malformed, and leave their input alone', () => {
  const seeds = [...packets, ...broken].map(([, hex]) => bytes(hex));
  const mutated = fc.tuple(fc.constantFrom(...seeds), fc.nat(40), fc.nat(255)).map(([seed, at, byte]) => {
    const copy = Buffer.from(seed);
    copy[at % copy.length] = byte;
    return copy;
  });
  const any = fc.oneof(
    mutated,
    fc.uint8Array({ maxLength: 64 }).map((array) => Buffer.from(array)),
  );
  fc.assert(
    fc.property(any, fc.constantFrom(parseRtpPacket, parseRtcp), (datagram, parse) => {
      const before = Buffer.from(datagram);
      try {
        parse(datagram);
      } catch (cause) {
        expect(cause).toBeInstanceOf(Malformed);
      }
      expect(datagram.equals(before)).toBe(true);
    }),
    { seed: 5, numRuns: 3000 },
  );
});

describe('[RTP4] Widener', () => {
  test.each([16, 32] as const)('%d bits: both sides of both wraps', (bits) => {
    const range = 2 ** bits;
    const widener = new Widener(bits);
    const start = widener.widen(range - 1);
    expect(widener.widen(0)).toBe(start + 1);
    expect(widener.widen(range - 1)).toBe(start);
    expect(widener.widen(range - 2)).toBe(start - 1);
    expect(widener.widen(5)).toBe(start + 6);
  });

  test('less than half the range ahead is ahead, from half on it is behind', () => {
    const widener = new Widener(16);
    const start = widener.widen(100);
    expect(widener.peek(100 + 0x7fff)).toBe(start + 0x7fff);
    expect(widener.peek(100 + 0x8000)).toBe(start - 0x8000);
  });

  test('what is late at the very beginning is not negative', () => {
    const widener = new Widener(16);
    widener.widen(0);
    expect(widener.widen(65535)).toBeGreaterThan(0);
  });

  test('every answer is the nearest to the one before, below zero too', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -0x8000, max: 0x7fff }), { maxLength: 50 }), (steps) => {
        const widener = new Widener(16);
        let exact = widener.widen(0);
        for (const step of [...Array(6).fill(-0x8000), ...steps]) {
          exact += step;
          expect(widener.widen(((exact % 0x10000) + 0x10000) % 0x10000)).toBe(exact);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
