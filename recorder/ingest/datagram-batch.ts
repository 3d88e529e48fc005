import type { Clock } from '#service/clock.ts';
import type { Libc } from './libc.ts';
import { AF_INET } from './socket-address.ts';

/** Datagrams of one call. A person of 1.5 Mbit/s sends four in 25 ms. */
export const BATCH_SIZE = 32;
/** The largest datagram that there is (RFC 768), and a cache line, so that they do not all begin in the same ones. */
const SLOT_BYTES = 65_536 + 64;
/** Datagrams are laid end to end in blocks: of this size they are done with before V8 has moved them to its old generation. */
const BLOCK_BYTES = 16 * 1024;

// Words of 32 bits of the structures below, little-endian.
const HEADER = {
  words: 16,
  name: 0,
  nameBytes: 2,
  vector: 4,
  vectors: 6,
  control: 8,
  controlBytes: 10,
  length: 14,
};
const NAME_WORDS = 8;
/** `cmsghdr` with a `timespec` (SCM_TIMESTAMPNS): length, level, type; seconds; nanoseconds. */
const CONTROL = { words: 8, seconds: 4, nanoseconds: 6 };
const VECTOR_WORDS = 4;

const MSG_DONTWAIT = 0x40;
const CLOCK_REALTIME = 0;
const SAME_INSTANT_MS = 0.2;

/** The memory that recvmmsg(2) fills, one for all sockets, and what lies in it after a call. */
export class DatagramBatch {
  readonly #libc: Libc;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #headers = new Uint32Array(BATCH_SIZE * HEADER.words);
  readonly #names = new Uint32Array(BATCH_SIZE * NAME_WORDS);
  readonly #controls = new Uint32Array(BATCH_SIZE * CONTROL.words);
  readonly #vectors = new Uint32Array(BATCH_SIZE * VECTOR_WORDS);
  readonly #slots = Buffer.allocUnsafeSlow(BATCH_SIZE * SLOT_BYTES);
  readonly #realTime = new Uint32Array(4);
  #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #used = 0;
  #count = 0;
  #nowMs = 0;
  /** By how much our clock is ahead of the machine's real time, by which the kernel stamps. */
  #aheadMs = 0;

  constructor(libc: Libc, clock: Pick<Clock, 'nowMs'>) {
    this.#libc = libc;
    this.#clock = clock;
    for (let i = 0; i < BATCH_SIZE; i += 1) this.#lay(i);
  }

  /** Reads what lies in this socket, at most BATCH_SIZE datagrams. Answers how many. */
  read(fd: number): number {
    for (let i = 0; i < this.#count; i += 1) this.#free(i);
    this.#count = Math.max(0, this.#libc.recvmmsg(fd, this.#headers, BATCH_SIZE, MSG_DONTWAIT, null));
    if (this.#count > 0) this.#lookAtClocks();
    return this.#count;
  }

  /** @param sender `sockaddr`; its flow label and scope do not count */
  isFrom(index: number, sender: Uint32Array): boolean {
    const at = index * NAME_WORDS;
    if (this.#names[at] !== sender[0]) return false;
    if (((sender[0] ?? 0) & 0xffff) === AF_INET) return this.#names[at + 1] === sender[1];
    for (let word = 2; word < 6; word += 1) if (this.#names[at + word] !== sender[word]) return false;
    return true;
  }

  /** When it arrived at this machine, on our clock: not after now, and as exact as the machine's real time, which may be set. */
  arrivedMs(index: number): number {
    const at = index * CONTROL.words;
    return Math.min(this.#nowMs, this.#aheadMs + toMs(this.#controls, at + CONTROL.seconds));
  }

  /** A copy of its bytes. */
  take(index: number): Buffer {
    const at = index * HEADER.words;
    const length = this.#headers[at + HEADER.length] ?? 0;
    if (this.#used + length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, length));
      this.#used = 0;
    }
    const from = index * SLOT_BYTES;
    const datagram = this.#block.subarray(this.#used, this.#used + length);
    this.#slots.copy(datagram, 0, from, from + length);
    this.#used += length;
    return datagram;
  }

  /** The kernel has written how much of these it used. */
  #free(index: number): void {
    this.#headers[index * HEADER.words + HEADER.nameBytes] = NAME_WORDS * 4;
    this.#headers[index * HEADER.words + HEADER.controlBytes] = CONTROL.words * 4;
  }

  /** Both at the same instant: whoever is made to wait between them looks again. */
  #lookAtClocks(): void {
    for (let attempts = 0; attempts < 5; attempts += 1) {
      const beforeMs = this.#clock.nowMs();
      this.#libc.clock_gettime(CLOCK_REALTIME, this.#realTime);
      this.#nowMs = this.#clock.nowMs();
      this.#aheadMs = beforeMs - toMs(this.#realTime, 0);
      if (this.#nowMs - beforeMs < SAME_INSTANT_MS) return;
    }
  }

  #lay(index: number): void {
    const header = index * HEADER.words;
    const vector = index * VECTOR_WORDS;
    this.#point(this.#headers, header + HEADER.name, this.#names, index * NAME_WORDS * 4);
    this.#point(this.#headers, header + HEADER.vector, this.#vectors, vector * 4);
    this.#headers[header + HEADER.vectors] = 1;
    this.#point(this.#headers, header + HEADER.control, this.#controls, index * CONTROL.words * 4);
    this.#point(this.#vectors, vector, this.#slots, index * SLOT_BYTES);
    this.#vectors[vector + 2] = SLOT_BYTES;
    this.#free(index);
  }

  #point(from: Uint32Array, word: number, to: Uint32Array | Buffer, offset: number): void {
    const address = this.#libc.addressOf(to) + BigInt(offset);
    from[word] = Number(address & 0xffff_ffffn);
    from[word + 1] = Number(address >> 32n);
  }
}

/** Of a `timespec`. Its seconds fit into 32 bits until 2106. */
function toMs(words: Uint32Array, at: number): number {
  return (words[at] ?? 0) * 1000 + (words[at + 2] ?? 0) / 1_000_000;
}
