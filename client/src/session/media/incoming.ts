import { type ErrorBody, Fault } from '#protocol/errors.ts';
import { kindOf, type ProducerInfo } from '#protocol/people.ts';
import type { Receiver, ReceiveTransport } from '../ports/media.ts';
import type { SignallingConnection } from '../ports/signalling.ts';
import { Store } from '../store.ts';
import { type VisibleVideo, VisibleVideos } from './visible-videos.ts';

/** What comes of one producer of somebody else. */
export type Received =
  | { status: 'opening' }
  | { status: 'playing'; track: MediaStreamTrack }
  | { status: 'failed'; error: ErrorBody };

interface Target {
  transport: ReceiveTransport;
  connection: SignallingConnection;
}

/**
 * Receives what the others send, by producer id: every sound, and those pictures that were shown at least once. Sounds
 * are asked for before pictures. A picture that is no longer shown is kept, paused at the server, for when it is again.
 */
export class Incoming extends Store<ReadonlyMap<string, Received>> {
  readonly #receivers = new Map<string, Receiver>();
  readonly #visible = new VisibleVideos();
  #target: Target | undefined;
  #wanted: readonly ProducerInfo[] = [];

  constructor() {
    super(new Map());
  }

  start(transport: ReceiveTransport, connection: SignallingConnection): void {
    this.stop();
    this.#target = { transport, connection };
    this.#visible.start(connection);
    this.#sync();
  }

  /** Forgets everything received. What is wanted is remembered for the next start. */
  stop(): void {
    this.#target = undefined;
    this.#visible.stop();
    for (const receiver of this.#receivers.values()) receiver.close();
    this.#receivers.clear();
    this.set(new Map());
  }

  /** From now on exactly these. */
  want(producers: readonly ProducerInfo[]): void {
    this.#wanted = producers;
    this.#sync();
  }

  /** What the page shows from now on: no other video flows (protocol, `setVisibleVideos`). */
  show(videos: readonly VisibleVideo[]): void {
    this.#visible.show(videos);
    this.#sync();
  }

  /** Asks once more for what could not be received. */
  retry(): void {
    void this.#visible.tell();
    for (const [producerId, { status }] of this.getSnapshot())
      if (status === 'failed') this.#drop(producerId);
    this.#sync();
  }

  #sync(): void {
    const target = this.#target;
    if (!target) return;
    const wanted = new Set(this.#wanted.map(({ producerId }) => producerId));
    for (const producerId of this.getSnapshot().keys()) if (!wanted.has(producerId)) this.#drop(producerId);
    const soundFirst = this.#wanted.toSorted((a, b) => kindOf(a.source).localeCompare(kindOf(b.source)));
    for (const { producerId, source } of soundFirst) {
      if (this.getSnapshot().has(producerId)) continue;
      if (kindOf(source) === 'audio' || this.#visible.has(producerId)) void this.#open(producerId, target);
    }
  }

  async #open(producerId: string, target: Target): Promise<void> {
    const { transport, connection } = target;
    const isWanted = () => this.#target === target && this.getSnapshot().has(producerId);
    this.#put(producerId, { status: 'opening' });
    try {
      const offer = await connection.request('consume', { producerId });
      if (!isWanted()) return;
      const receiver = await transport.receive(offer);
      if (!isWanted()) return receiver.close();
      this.#receivers.set(producerId, receiver);
      this.#put(producerId, { status: 'playing', track: receiver.track });
      await connection.request('resumeConsumer', { consumerId: offer.consumerId });
    } catch (cause) {
      if (!isWanted()) return;
      const fault = Fault.from(cause);
      // It was closed while we asked: its own notice is on the way.
      if (fault.code === 'producer-not-found') this.#drop(producerId);
      else this.#put(producerId, { status: 'failed', error: fault.toBody() });
    }
  }

  #put(producerId: string, received: Received): void {
    this.set(new Map(this.getSnapshot()).set(producerId, received));
  }

  #drop(producerId: string): void {
    this.#receivers.get(producerId)?.close();
    this.#receivers.delete(producerId);
    const rest = new Map(this.getSnapshot());
    rest.delete(producerId);
    this.set(rest);
  }
}
