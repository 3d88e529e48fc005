import type { ProducerInfo, Source } from '#protocol/people.ts';
import type { Endpoint } from '#protocol/recorder.ts';
import type { RecorderStream, RecorderTransport } from '../media/recorder-transport.ts';
import type { RecorderLink } from './recorder-link.ts';

/** A producer on its way to the recorder. */
export interface PathStream {
  stream: RecorderStream;
  source: Source;
  /** What the recorder says of it: nothing yet; that it has it, so it flows; or that it does not take it, now or ever. */
  state: 'untold' | 'flows' | 'refused';
}

/** One recorded person's transport with its streams, and what the recorder knows of them. */
export class RecorderPath {
  /** By producer. */
  readonly streams = new Map<string, PathStream>();
  readonly #transport: RecorderTransport;
  /** The recorder's process and port that the transport is connected to: it can be connected once only. */
  #connectedTo: { instanceId: string; endpoint: Endpoint } | undefined;

  constructor(transport: RecorderTransport) {
    this.#transport = transport;
  }

  /** Where its datagrams come from. */
  get from(): Endpoint {
    return this.#transport.from;
  }

  get hasRefused(): boolean {
    return [...this.streams.values()].some(({ state }) => state === 'refused');
  }

  get closed(): boolean {
    return this.#transport.closed;
  }

  /** Streams for exactly these, while none of them flows. */
  async keepOnly(producers: readonly ProducerInfo[]): Promise<void> {
    const ids = new Set(producers.map(({ producerId }) => producerId));
    for (const [producerId, { stream }] of [...this.streams]) {
      if (ids.has(producerId) && !stream.closed) continue;
      stream.close();
      this.streams.delete(producerId);
    }
    await this.prepare(producers, () => true);
  }

  /**
   * A stream that does not flow yet, for each of these that has none.
   * @param isWanted a producer that has just closed is no failure: what is wanted changes with it
   */
  async prepare(
    producers: readonly ProducerInfo[],
    isWanted: (producerId: string) => boolean,
  ): Promise<void> {
    const missing = producers.filter(({ producerId }) => !this.streams.has(producerId));
    await Promise.all(
      missing.map(async ({ producerId, source }) => {
        try {
          const stream = await this.#transport.consume(producerId);
          this.streams.set(producerId, { stream, source, state: 'untold' });
        } catch (cause) {
          if (!this.#transport.closed && isWanted(producerId)) throw cause;
        }
      }),
    );
  }

  /** It leads to a port of some recorder. */
  get isConnected(): boolean {
    return this.#connectedTo !== undefined;
  }

  /** Whether it is of use for this process and port of the recorder. */
  fits({ instanceId }: RecorderLink, endpoint: Endpoint): boolean {
    if (!this.#connectedTo) return true;
    const { endpoint: known } = this.#connectedTo;
    const isSame = known.address === endpoint.address && known.port === endpoint.port;
    return isSame && this.#connectedTo.instanceId === instanceId;
  }

  async connect({ instanceId }: RecorderLink, endpoint: Endpoint): Promise<void> {
    if (this.#connectedTo) return;
    await this.#transport.connect(endpoint);
    this.#connectedTo = { instanceId, endpoint };
  }

  /** The recorder is lost, or another one: it has to be told of every stream again. */
  untold(): void {
    for (const stream of this.streams.values()) stream.state = 'untold';
  }

  close(): void {
    this.#transport.close();
  }
}
