import { createSocket, type Socket } from 'node:dgram';
import type { Endpoint } from '#protocol/recorder.ts';
import { RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';
import { type MediaSocket, type MediaSockets, type OnDatagram, portsExhausted } from './media-socket.ts';
import type { PortRange } from './port-range.ts';

/** Sockets are read in turns, 32 datagrams at once (libuv): one that gave as many as these may hold more. */
const FULL_TURN = 16;

/** UDP sockets of Node's own, on any system. */
export class DgramSockets implements MediaSockets {
  readonly isBatched = false;
  readonly #host: string;
  readonly #ports: PortRange;

  constructor(host: string, ports: PortRange) {
    this.#host = host;
    this.#ports = ports;
  }

  async bind(onDatagram: OnDatagram): Promise<MediaSocket> {
    let cause: unknown;
    for (const port of this.#ports.candidates()) {
      try {
        return new DgramSocket(await bind(this.#host, port), onDatagram);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        cause = error;
      }
    }
    throw portsExhausted(cause);
  }
}

class DgramSocket implements MediaSocket {
  readonly #socket: Socket;
  readonly #onDatagram: OnDatagram;
  #from: Endpoint | undefined;
  #closed = false;
  strangers = 0;
  unsent = 0;
  #read = 0;

  constructor(socket: Socket, onDatagram: OnDatagram) {
    this.#socket = socket;
    this.#onDatagram = onDatagram;
    // Without a listener one that cannot be sent, as while the network is down, would end the process.
    socket.on('error', () => {
      this.unsent += 1;
    });
    socket.on('message', (datagram, from) => {
      this.#read += 1;
      if (from.port === this.#from?.port && from.address === this.#from.address) this.#onDatagram(datagram);
      else this.strangers += 1;
    });
  }

  drain(): boolean {
    const read = this.#read;
    this.#read = 0;
    return read >= FULL_TURN;
  }

  get endpoint(): Endpoint {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  connect(from: Endpoint): void {
    this.#from = from;
  }

  send(datagram: Buffer): void {
    if (!this.#from || this.#closed) return;
    this.#socket.send(datagram, this.#from.port, this.#from.address, (error) => {
      if (error) this.unsent += 1;
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }
}

function bind(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: host.includes(':') ? 'udp6' : 'udp4',
      recvBufferSize: RECEIVE_BUFFER_BYTES.recordedPerson,
    });
    const refuse = (cause: Error): void => {
      socket.close();
      reject(cause);
    };
    socket.once('error', refuse);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', refuse);
      resolve(socket);
    });
  });
}
