import { createSocket, type Socket } from 'node:dgram';
import { Fault } from '#protocol/errors.ts';
import type { Endpoint } from '#protocol/recorder.ts';
import { RECEIVE_BUFFER_BYTES } from '#service/receive-buffer.ts';
import type { PortRange } from './port-range.ts';

/** Sockets are read in turns, 32 datagrams at once (libuv): one that gave as many as these may hold more. */
const FULL_TURN = 16;

/**
 * One person's UDP socket: RTP and RTCP of all their streams (rtcp-mux, RFC 5761). Listens to nobody but the SFU's
 * transport.
 */
export class MediaSocket {
  readonly #socket: Socket;
  readonly #onDatagram: (datagram: Buffer) => void;
  #from: Endpoint | undefined;
  #closed = false;
  /** Datagrams from anywhere but the SFU's transport. */
  strangers = 0;
  /** RTCP that the system did not take. */
  unsent = 0;
  #read = 0;

  private constructor(socket: Socket, onDatagram: (datagram: Buffer) => void) {
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

  /** @throws Fault `ports-exhausted` when no port of the range can be bound. */
  static async bind(
    host: string,
    ports: PortRange,
    onDatagram: (datagram: Buffer) => void,
  ): Promise<MediaSocket> {
    let cause: unknown;
    for (const port of ports.candidates()) {
      try {
        return new MediaSocket(await bind(host, port), onDatagram);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        cause = error;
      }
    }
    throw new Fault('ports-exhausted', undefined, { cause });
  }

  /** Whether so much has come since this was asked last that more may lie there. */
  mayHoldMore(): boolean {
    const read = this.#read;
    this.#read = 0;
    return read >= FULL_TURN;
  }

  get endpoint(): Endpoint {
    const { address, port } = this.#socket.address();
    return { address, port };
  }

  /** From now on datagrams of this transport are taken, and RTCP is sent to it. */
  connect(from: Endpoint): void {
    this.#from = from;
  }

  /** RTCP may be lost on the way like any datagram; a failure to send is no different. */
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
