/**
 * Items of several streams laid end to end. One message of four parts costs a fraction of what hundreds of small
 * objects cost to serialize.
 */
export interface PackedItems {
  streams: number[];
  /** Of a packet its position, of a frame its index. */
  values: number[];
  lengths: number[];
  bytes: Uint8Array;
}

export interface Item {
  stream: number;
  value: number;
  bytes: Buffer;
}

/** Gathers items for one message. */
export class ItemPacker {
  readonly #streams: number[] = [];
  readonly #values: number[] = [];
  readonly #parts: Uint8Array[] = [];
  #bytes = 0;

  get count(): number {
    return this.#parts.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(stream: number, value: number, bytes: Uint8Array): void {
    this.#streams.push(stream);
    this.#values.push(value);
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
  }

  pack(): PackedItems {
    const lengths = this.#parts.map((part) => part.length);
    return { streams: this.#streams, values: this.#values, lengths, bytes: Buffer.concat(this.#parts) };
  }
}

/** The items in their order; their bytes are views. */
export function unpackItems({ bytes, lengths, streams, values }: PackedItems): Item[] {
  // The channel hands out plain byte arrays.
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  return lengths.map((length, index) => {
    const start = offset;
    offset += length;
    return {
      stream: streams[index] as number,
      value: values[index] as number,
      bytes: whole.subarray(start, offset),
    };
  });
}
