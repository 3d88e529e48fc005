import { Malformed } from './malformed.ts';

/** Reads big-endian fields one after the other. Past the end it throws Malformed; nothing is substituted. */
export class ByteReader {
  readonly #bytes: Buffer;
  #offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.#bytes = bytes;
    this.#offset = offset;
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  u16(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  u24(): number {
    return this.#bytes.readUIntBE(this.#advance(3), 3);
  }

  u32(): number {
    return this.#bytes.readUInt32BE(this.#advance(4));
  }

  f64(): number {
    return this.#bytes.readDoubleBE(this.#advance(8));
  }

  /** The next `length` bytes, as a view: nothing is copied. */
  bytes(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  rest(): Buffer {
    return this.bytes(this.remaining);
  }

  skip(length: number): void {
    this.#advance(length);
  }

  #advance(length: number): number {
    const start = this.#offset;
    if (length < 0 || length > this.remaining) {
      throw new Malformed(`${length} bytes wanted at ${start}, ${this.remaining} left`);
    }
    this.#offset = start + length;
    return start;
  }
}
