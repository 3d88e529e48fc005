import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import type { Endpoint } from '#protocol/recorder.ts';
import { Hop, type Weather } from '#recorder/testing/hop.ts';
import { systemClock } from '#service/clock.ts';

export interface Weathers {
  towardsTarget: Weather;
  back: Weather;
  random: () => number;
}

/** A stretch of bad network before one UDP endpoint: gives each of its clients a port of its own towards the target. */
export class UdpRelay {
  readonly #front: Socket;
  #target: Endpoint | undefined;
  readonly #there: Hop;
  readonly #back: Hop;
  readonly #paths = new Map<string, Promise<Socket>>();

  private constructor(front: Socket, { back, random, towardsTarget }: Weathers, target?: Endpoint) {
    this.#target = target;
    this.#front = front;
    this.#there = new Hop(systemClock, random, towardsTarget);
    this.#back = new Hop(systemClock, random, back);
    front.on('message', (datagram, from) => void this.#forward(datagram, from));
  }

  static async open(weathers: Weathers, target?: Endpoint): Promise<UdpRelay> {
    return new UdpRelay(await bind(), weathers, target);
  }

  /** Until a target is known, what clients send is lost. */
  leadTo(target: Endpoint): void {
    this.#target = target;
  }

  /** Where clients send to in place of the target. */
  get endpoint(): Endpoint {
    return endpointOf(this.#front);
  }

  /** Datagrams that the weather took on their way to the target. */
  get dropped(): number {
    return this.#there.dropped;
  }

  /** Where the target sees this client's datagrams come from. */
  async seenFrom(client: Endpoint): Promise<Endpoint> {
    return endpointOf(await this.#path(client));
  }

  async close(): Promise<void> {
    this.#front.close();
    for (const path of await Promise.all(this.#paths.values())) path.close();
    this.#paths.clear();
  }

  async #forward(datagram: Buffer, { address, port }: RemoteInfo): Promise<void> {
    const path = await this.#path({ address, port });
    this.#there.send(() => this.#target && send(path, datagram, this.#target));
  }

  #path(client: Endpoint): Promise<Socket> {
    const key = `${client.address} ${client.port}`;
    const known = this.#paths.get(key) ?? this.#open(client);
    this.#paths.set(key, known);
    return known;
  }

  async #open(client: Endpoint): Promise<Socket> {
    const path = await bind();
    path.on('message', (datagram) => this.#back.send(() => send(this.#front, datagram, client)));
    return path;
  }
}

function bind(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 });
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => resolve(socket));
  });
}

function endpointOf(socket: Socket): Endpoint {
  const { address, port }: AddressInfo = socket.address();
  return { address, port };
}

/** What is still on its way when the relay closes is lost, as on any network. */
function send(socket: Socket, datagram: Buffer, { address, port }: Endpoint): void {
  try {
    socket.send(datagram, port, address);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw cause;
  }
}
