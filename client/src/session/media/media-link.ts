import type { OwnMedia } from '../../../../protocol/media-requests.ts';
import type { Source } from '../../../../protocol/people.ts';
import type { LocalDevices } from '../capture/local-devices.ts';
import type {
  IceServers,
  MediaDevice,
  ReceiveTransport,
  SendTransport,
  TransportHooks,
} from '../ports/media.ts';
import type { SignallingConnection } from '../ports/signalling.ts';
import { Incoming } from './incoming.ts';
import { Outgoing } from './outgoing.ts';

interface Events {
  /** This source cannot be sent. */
  sendFailed(source: Source, cause: unknown): void;
  /** The path to the server is gone, and an ICE restart did not help. */
  broken(): void;
}

/** The two media transports of a joined person, and what goes over them. */
export class MediaLink {
  readonly incoming = new Incoming();
  readonly #outgoing: Outgoing;
  readonly #events: Events;
  #open: { send: SendTransport; receive: ReceiveTransport } | undefined;
  #generation = 0;
  #suspended = false;
  /** What is to be mended once the server can be asked again. */
  #postponed: (() => void)[] = [];

  constructor(devices: LocalDevices, events: Events) {
    this.#outgoing = new Outgoing(devices, events.sendFailed);
    this.#events = events;
  }

  /** Opens both transports anew; what was open before is closed. @throws Fault */
  async start(connection: SignallingConnection, device: MediaDevice, iceServers: IceServers): Promise<void> {
    this.stop();
    const generation = this.#generation;
    const [sending, receiving] = await Promise.all([
      connection.request('createTransport', { direction: 'send' }),
      connection.request('createTransport', { direction: 'receive' }),
    ]);
    if (generation !== this.#generation) return;
    const send = device.openSend(
      sending.transport,
      iceServers,
      this.#hooks(connection, sending.transport.id, generation, (parameters) => send.restartIce(parameters)),
    );
    const receive = device.openReceive(
      receiving.transport,
      iceServers,
      this.#hooks(connection, receiving.transport.id, generation, (parameters) =>
        receive.restartIce(parameters),
      ),
    );
    this.#open = { send, receive };
    this.#outgoing.start(send, connection);
    this.incoming.start(receive, connection);
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The server cannot be asked for a while; media go on meanwhile. */
  suspend(): void {
    this.#suspended = true;
    this.#outgoing.suspend();
  }

  /**
   * The server can be asked again, and this is what it still has of ours. What changed meanwhile is told to it, what
   * failed is tried again. False when its transports are not these: they are to be started anew.
   */
  goOn({ producers, transports }: OwnMedia): boolean {
    const kept = new Set(transports.map(({ transportId }) => transportId));
    if (!this.#open || !kept.has(this.#open.send.id) || !kept.has(this.#open.receive.id)) return false;
    this.#suspended = false;
    this.#outgoing.goOn(producers);
    this.incoming.retry();
    for (const mend of this.#postponed.splice(0)) mend();
    return true;
  }

  stop(): void {
    this.#generation += 1;
    this.#suspended = false;
    this.#postponed = [];
    this.#outgoing.stop();
    this.incoming.stop();
    this.#open?.send.close();
    this.#open?.receive.close();
    this.#open = undefined;
  }

  #hooks(
    connection: SignallingConnection,
    transportId: string,
    generation: number,
    restart: SendTransport['restartIce'],
  ): TransportHooks {
    let hasRestarted = false;
    const mend = async (): Promise<void> => {
      if (generation !== this.#generation) return;
      if (this.#suspended) return void this.#postponed.push(() => void mend());
      if (hasRestarted) return this.#events.broken();
      hasRestarted = true;
      try {
        const { iceParameters } = await connection.request('restartIce', { transportId });
        if (generation === this.#generation) await restart(iceParameters);
      } catch {
        // Without an answer there is nothing to restart with; a new transport is the way out.
        if (generation !== this.#generation) return;
        if (!this.#suspended) return this.#events.broken();
        hasRestarted = false;
        this.#postponed.push(() => void mend());
      }
    };
    return {
      connect: async (dtlsParameters) => {
        await connection.request('connectTransport', { transportId, dtlsParameters });
      },
      produce: async (params) => (await connection.request('produce', { transportId, ...params })).producerId,
      interrupted: () => void (hasRestarted || mend()),
      failed: () => void mend(),
      connected: () => {
        hasRestarted = false;
      },
    };
  }
}
