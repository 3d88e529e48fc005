import type { OwnMedia } from '#protocol/media-requests.ts';
import type { LocalDevices } from '../capture/local-devices.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  IceParameters,
  IceServers,
  MediaDevice,
  ReceiveTransport,
  SendTransport,
  TransportHooks,
} from '../ports/media.ts';
import type { SignallingConnection } from '../ports/signalling.ts';
import { Incoming } from './incoming.ts';
import { MediaPath } from './media-path.ts';
import { Outgoing, type SendingEvents } from './outgoing.ts';

/** How often it is seen whether pictures are encoded. */
export const LOOK_MS = 1000;

interface Events extends SendingEvents {
  /** Whether nothing gets through to the server, as far as is known. */
  blocked(isBlocked: boolean): void;
  /** The path to the server is gone, and an ICE restart did not help. */
  broken(): void;
}

/** The two media transports of a joined person, and what goes over them. */
export class MediaLink {
  readonly incoming = new Incoming();
  readonly #outgoing: Outgoing;
  readonly #clock: Clock;
  readonly #events: Events;
  #open: { send: SendTransport; receive: ReceiveTransport } | undefined;
  /** Of what was started last. */
  #running = new AbortController();
  /** What is to be mended once the server can be asked again; undefined while it can be. */
  #postponed: (() => void)[] | undefined;

  constructor(devices: LocalDevices, clock: Clock, events: Events) {
    this.#outgoing = new Outgoing(devices, clock, events);
    this.#clock = clock;
    this.#events = events;
  }

  /** Opens both transports anew; what was open before is closed. @throws Fault */
  async start(connection: SignallingConnection, device: MediaDevice, iceServers: IceServers): Promise<void> {
    this.stop();
    const { signal } = this.#running;
    const [sending, receiving] = await Promise.all([
      connection.request('createTransport', { direction: 'send' }),
      connection.request('createTransport', { direction: 'receive' }),
    ]);
    if (signal.aborted) return;
    const send = device.openSend(
      sending.transport,
      iceServers,
      this.#openPath(connection, sending.transport.id, (parameters) => send.restartIce(parameters)),
    );
    const receive = device.openReceive(
      receiving.transport,
      iceServers,
      this.#openPath(connection, receiving.transport.id, (parameters) => receive.restartIce(parameters)),
    );
    this.#open = { send, receive };
    this.#outgoing.start(send, connection);
    this.incoming.start(receive, connection);
    signal.addEventListener(
      'abort',
      this.#clock.every(LOOK_MS, () => void this.#outgoing.look()),
    );
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The server cannot be asked for a while; media go on meanwhile. */
  suspend(): void {
    this.#postponed ??= [];
    this.#outgoing.suspend();
  }

  /**
   * The server can be asked again, and this is what it still has of ours. What changed meanwhile is told to it, what
   * failed is tried again. False when its transports are not these: they are to be started anew.
   */
  goOn({ producers, transports }: OwnMedia): boolean {
    const kept = new Set(transports.map(({ transportId }) => transportId));
    if (!this.#open || !kept.has(this.#open.send.id) || !kept.has(this.#open.receive.id)) return false;
    const postponed = this.#postponed ?? [];
    this.#postponed = undefined;
    this.#outgoing.goOn(producers);
    this.incoming.retry();
    for (const mend of postponed) mend();
    return true;
  }

  stop(): void {
    this.#running.abort();
    this.#running = new AbortController();
    this.#postponed = undefined;
    this.#outgoing.stop();
    this.incoming.stop();
    this.#open?.send.close();
    this.#open?.receive.close();
    this.#open = undefined;
  }

  #openPath(
    connection: SignallingConnection,
    transportId: string,
    restart: (parameters: IceParameters) => Promise<void>,
  ): TransportHooks {
    return new MediaPath({
      ...{ connection, transportId, restart, clock: this.#clock, signal: this.#running.signal },
      events: {
        open: () => this.#events.blocked(false),
        blocked: () => this.#events.blocked(true),
        broken: () => this.#events.broken(),
        mayAsk: (mend) => {
          this.#postponed?.push(mend);
          return this.#postponed === undefined;
        },
      },
    }).hooks;
  }
}
