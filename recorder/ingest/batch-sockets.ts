import type { Endpoint } from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import { RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';
import { BATCH_SIZE, DatagramBatch } from './datagram-batch.ts';
import type { Libc } from './libc.ts';
import { type MediaSocket, type MediaSockets, type OnDatagram, portsExhausted } from './media-socket.ts';
import type { PortRange } from './port-range.ts';
import { AF_INET, AF_INET6, socketAddress } from './socket-address.ts';

/** Of one socket at once: a full buffer of small datagrams, and a flood does not keep everybody else waiting for ever. */
const MAX_BATCHES = 96;

const SOCK_DGRAM = 2;
/** Not for the audio workers and converters that we start. */
const SOCK_CLOEXEC = 0x80000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_TIMESTAMPNS = 35;
const MSG_DONTWAIT = 0x40;

/**
 * UDP sockets that are read by recvmmsg(2), many datagrams with each call, when they are asked to: Node knows of none of them, and is
 * not woken.
 */
export class BatchSockets implements MediaSockets {
  readonly isBatched = true;
  readonly #libc: Libc;
  readonly #clock: Clock;
  readonly #address: string;
  readonly #ports: PortRange;
  readonly #batch: DatagramBatch;

  /** @param address IPv4 or IPv6, not a name */
  constructor(options: { libc: Libc; clock: Clock; address: string; ports: PortRange }) {
    this.#libc = options.libc;
    this.#clock = options.clock;
    this.#address = options.address;
    this.#ports = options.ports;
    this.#batch = new DatagramBatch(options.libc, options.clock);
  }

  async bind(onDatagram: OnDatagram): Promise<MediaSocket> {
    const fd = this.#bind();
    const endpoint = { address: this.#address, port: this.#portOf(fd) };
    const [libc, clock, batch] = [this.#libc, this.#clock, this.#batch];
    return new BatchSocket({ libc, clock, batch, fd, endpoint, onDatagram });
  }

  /** @throws Fault `ports-exhausted`, NodeJS.ErrnoException */
  #bind(): number {
    const isV6 = this.#address.includes(':');
    const fd = this.#must(
      'socket',
      this.#libc.socket(isV6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0),
    );
    try {
      this.#set(fd, SO_RCVBUF, RECEIVE_BUFFER_BYTES.recordedPerson);
      this.#set(fd, SO_TIMESTAMPNS, 1);
      for (const port of this.#ports.candidates()) {
        const address = socketAddress(this.#libc, { address: this.#address, port });
        if (this.#libc.bind(fd, address, address.length) === 0) return fd;
        if (this.#libc.errorName() !== 'EADDRINUSE') this.#must('bind', -1);
      }
      throw portsExhausted();
    } catch (cause) {
      this.#libc.close(fd);
      throw cause;
    }
  }

  #set(fd: number, option: number, value: number): void {
    this.#must('setsockopt', this.#libc.setsockopt(fd, SOL_SOCKET, option, Uint32Array.of(value), 4));
  }

  #portOf(fd: number): number {
    const address = Buffer.alloc(28);
    this.#must('getsockname', this.#libc.getsockname(fd, address, Uint32Array.of(address.length)));
    return address.readUInt16BE(2);
  }

  /** @throws NodeJS.ErrnoException when the call failed */
  #must(call: string, answer: number): number {
    if (answer >= 0) return answer;
    const code = this.#libc.errorName();
    throw Object.assign(new Error(`${call} ${code}`), { code, syscall: call });
  }
}

class BatchSocket implements MediaSocket {
  readonly endpoint: Endpoint;
  readonly #libc: Libc;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #batch: DatagramBatch;
  readonly #fd: number;
  readonly #onDatagram: OnDatagram;
  #from: { address: Uint8Array; words: Uint32Array } | undefined;
  #isClosed = false;
  /** Nothing lay there: whatever is read now arrived later, also where the machine's time was set meanwhile. */
  #emptyMs: number;
  strangers = 0;
  unsent = 0;

  constructor(options: {
    libc: Libc;
    clock: Pick<Clock, 'nowMs'>;
    batch: DatagramBatch;
    fd: number;
    endpoint: Endpoint;
    onDatagram: OnDatagram;
  }) {
    this.endpoint = options.endpoint;
    this.#libc = options.libc;
    this.#clock = options.clock;
    this.#batch = options.batch;
    this.#emptyMs = options.clock.nowMs();
    this.#fd = options.fd;
    this.#onDatagram = options.onDatagram;
  }

  connect(from: Endpoint): void {
    const address = socketAddress(this.#libc, from);
    this.#from = { address, words: new Uint32Array(address.buffer, address.byteOffset, address.length / 4) };
  }

  drain(): boolean {
    for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
      if (this.#isClosed) return false;
      const readMs = this.#clock.nowMs();
      const count = this.#batch.read(this.#fd);
      for (let i = 0; i < count; i += 1) this.#hand(i);
      if (count < BATCH_SIZE) {
        this.#emptyMs = readMs;
        return false;
      }
    }
    return true;
  }

  send(datagram: Buffer): void {
    if (!this.#from || this.#isClosed) return;
    const { address } = this.#from;
    const sent = this.#libc.sendto(
      this.#fd,
      datagram,
      datagram.length,
      MSG_DONTWAIT,
      address,
      address.length,
    );
    if (sent < 0) this.unsent += 1;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#libc.close(this.#fd);
  }

  #hand(index: number): void {
    if (!this.#from || !this.#batch.isFrom(index, this.#from.words)) this.strangers += 1;
    else if (!this.#isClosed)
      this.#onDatagram(this.#batch.take(index), Math.max(this.#emptyMs, this.#batch.arrivedMs(index)));
  }
}
