import { Malformed } from './malformed.ts';

/** Reads bit fields, most significant first, and the Exp-Golomb codes of H.264 (ISO/IEC 14496-10 §9.1). */
export class BitReader {
  readonly #bytes: Uint8Array;
  #bit = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length * 8 - this.#bit;
  }

  bit(): number {
    const byte = this.#bytes[this.#bit >> 3];
    if (byte === undefined) throw new Malformed(`bit ${this.#bit} wanted, ${this.#bytes.length * 8} there`);
    const value = (byte >> (7 - (this.#bit & 7))) & 1;
    this.#bit += 1;
    return value;
  }

  /** @param count 1 to 32 */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    if (count > this.remaining) throw new Malformed(`${count} bits to skip, ${this.remaining} left`);
    this.#bit += count;
  }

  /** ue(v), at most 32 leading zeros. */
  unsignedExpGolomb(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      zeros += 1;
      if (zeros > 32) throw new Malformed('Exp-Golomb code longer than 65 bits');
    }
    return zeros === 0 ? 0 : 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  signedExpGolomb(): number {
    const code = this.unsignedExpGolomb();
    return code % 2 === 0 ? 0 - code / 2 : (code + 1) / 2;
  }
}
