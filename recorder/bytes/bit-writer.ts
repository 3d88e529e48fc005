/** Writes bit fields, most significant first, and Exp-Golomb codes (ISO/IEC 14496-10 §9.1). */
export class BitWriter {
  readonly #bytes: number[] = [];
  #current = 0;
  #used = 0;

  bit(value: number): void {
    this.#current = (this.#current << 1) | (value & 1);
    this.#used += 1;
    if (this.#used === 8) {
      this.#bytes.push(this.#current);
      this.#current = 0;
      this.#used = 0;
    }
  }

  /** @param count 1 to 32 */
  bits(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i -= 1) this.bit(Math.floor(value / 2 ** i) % 2);
  }

  /** ue(v) */
  unsignedExpGolomb(value: number): void {
    const length = Math.floor(Math.log2(value + 1));
    for (let i = 0; i < length; i += 1) this.bit(0);
    this.bits(value + 1, length + 1);
  }

  /** se(v) */
  signedExpGolomb(value: number): void {
    this.unsignedExpGolomb(value > 0 ? 2 * value - 1 : -2 * value);
  }

  /** Zero bits up to the next byte. */
  align(): void {
    while (this.#used > 0) this.bit(0);
  }

  /** Whole bytes; only when aligned. */
  bytes(values: Iterable<number>): void {
    if (this.#used > 0) throw new RangeError('bytes can be written at a byte boundary only');
    for (const value of values) this.#bytes.push(value);
  }

  /** What was written, closed by rbsp_trailing_bits (§7.3.2.11). */
  finish(): Uint8Array {
    this.bit(1);
    this.align();
    return Uint8Array.from(this.#bytes);
  }
}
