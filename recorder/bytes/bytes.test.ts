import { describe, expect, test } from 'vitest';
import { BitReader } from './bit-reader.ts';
import { ByteReader } from './byte-reader.ts';
import { Malformed } from './malformed.ts';

describe('ByteReader', () => {
  test('reads big-endian fields in turn', () => {
    const reader = new ByteReader(Buffer.from('01020304050607080910', 'hex'));
    expect([reader.u8(), reader.u16(), reader.u24(), reader.u32()]).toEqual([
      1, 0x0203, 0x040506, 0x07080910,
    ]);
    expect(reader.remaining).toBe(0);
  });

  test('throws Malformed past the end and stays where it was', () => {
    const reader = new ByteReader(Buffer.from([1, 2, 3]));
    expect(() => reader.u32()).toThrow(Malformed);
    expect(() => reader.bytes(-1)).toThrow(Malformed);
    expect(reader.rest()).toEqual(Buffer.from([1, 2, 3]));
  });
});

describe('BitReader', () => {
  test('reads fixed fields and Exp-Golomb codes (ISO/IEC 14496-10 table 9-2)', () => {
    // 101, ue 0 = 1, ue 1 = 010, ue 6 = 00111, se -2 = 00101
    const reader = new BitReader(Uint8Array.of(0b1011_0100, 0b0111_0010, 0b1000_0000));
    expect(reader.bits(3)).toBe(5);
    expect(reader.unsignedExpGolomb()).toBe(0);
    expect(reader.unsignedExpGolomb()).toBe(1);
    expect(reader.unsignedExpGolomb()).toBe(6);
    expect(reader.signedExpGolomb()).toBe(-2);
  });

  test('throws Malformed past the end', () => {
    expect(() => new BitReader(Uint8Array.of(0)).unsignedExpGolomb()).toThrow(Malformed);
    expect(() => new BitReader(Uint8Array.of(0)).bits(9)).toThrow(Malformed);
    expect(() => new BitReader(new Uint8Array(8)).unsignedExpGolomb()).toThrow(Malformed);
  });
});
