import { Malformed } from '../bytes/malformed.ts';
import { parseOpusToc } from './opus-toc.ts';

/** One frame is no longer than this (RFC 6716 §3.2.1). */
const MAX_FRAME_BYTES = 1275;
/** Lengths from here on take a second byte (RFC 6716 §3.2.1). */
const TWO_BYTE_LENGTH = 252;
const VARIABLE = 0x80;
const PADDED = 0x40;

/** What an Opus packet holds (RFC 6716 §3.2): its frames, all of one duration and one configuration. */
export interface OpusFrames {
  /** The TOC byte without its code: what the frames are decoded by. */
  configuration: number;
  frameTicks: number;
  frames: Buffer[];
}

/** The frames of a packet, as views of it; no codec is needed for that. @throws Malformed for a packet that breaks R1 to R7 of §3.4 */
export function parseOpusFrames(packet: Buffer): OpusFrames {
  const { frames: count, frameTicks } = parseOpusToc(packet);
  const toc = packet[0] ?? 0;
  const frames = framesOf(toc & 3, count, packet);
  if (frames.some(({ length }) => length > MAX_FRAME_BYTES)) throw new Malformed('an Opus frame too long');
  return { configuration: toc & 0xfc, frameTicks, frames };
}

/** A packet of frames of one configuration: code 0 for one, else code 3 with a length for each but the last. */
export function encodeOpusPacket(configuration: number, frames: readonly Buffer[]): Buffer {
  const [only] = frames;
  if (frames.length === 1 && only) return Buffer.concat([Buffer.of(configuration), only]);
  const lengths = frames.slice(0, -1).flatMap(({ length }) => encodeLength(length));
  return Buffer.concat([Buffer.of(configuration | 3, VARIABLE | frames.length, ...lengths), ...frames]);
}

function framesOf(code: number, count: number, packet: Buffer): Buffer[] {
  if (code === 0) return [packet.subarray(1)];
  if (code === 1) return equalParts(packet.subarray(1), 2);
  if (code === 2) return new Lengths(packet, 1).parts(1);
  const how = packet[1] ?? 0;
  const lengths = new Lengths(packet, 2);
  if ((how & PADDED) !== 0) lengths.skipPadding();
  return (how & VARIABLE) !== 0 ? lengths.parts(count - 1) : equalParts(lengths.rest, count);
}

function equalParts(bytes: Buffer, count: number): Buffer[] {
  const length = bytes.length / count;
  if (!Number.isInteger(length)) throw new Malformed('Opus frames that are not equally long');
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * length, (index + 1) * length));
}

/** The lengths before the frames of a packet, and the frames. */
class Lengths {
  readonly #packet: Buffer;
  #at: number;
  #end: number;

  constructor(packet: Buffer, at: number) {
    this.#packet = packet;
    this.#at = at;
    this.#end = packet.length;
  }

  get rest(): Buffer {
    return this.#packet.subarray(this.#at, this.#end);
  }

  /** Its length stands before the frames, it behind them; 255 means 254 and more (RFC 6716 §3.2.5). */
  skipPadding(): void {
    for (;;) {
      const byte = this.#u8();
      this.#end -= Math.min(byte, 254);
      if (byte < 255) break;
    }
    if (this.#end < this.#at) throw new Malformed('more padding than packet');
  }

  /** @param told so many frames have a length, and one more has the rest */
  parts(told: number): Buffer[] {
    const lengths = Array.from({ length: told }, () => this.#length());
    const frames = lengths.map((length) => this.#take(length));
    return [...frames, this.rest];
  }

  #length(): number {
    const first = this.#u8();
    return first < TWO_BYTE_LENGTH ? first : first + 4 * this.#u8();
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#end) throw new Malformed('an Opus frame longer than its packet');
    this.#at += length;
    return this.#packet.subarray(this.#at - length, this.#at);
  }

  #u8(): number {
    const byte = this.#packet[this.#at];
    if (byte === undefined || this.#at >= this.#end) throw new Malformed('an Opus packet cut off');
    this.#at += 1;
    return byte;
  }
}

function encodeLength(length: number): number[] {
  if (length < TWO_BYTE_LENGTH) return [length];
  const first = TWO_BYTE_LENGTH + (length & 3);
  return [first, (length - first) / 4];
}
