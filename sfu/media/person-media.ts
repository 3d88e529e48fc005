import type { types } from 'mediasoup';
import { Fault } from '../../protocol/errors.ts';
import { kindOf, type ProducerInfo, type Source } from '../../protocol/people.ts';
import type { RequestParams, RequestResult } from '../../protocol/signalling.ts';
import { withoutCaptureTime } from './codecs.ts';
import { asMedia } from './media-fault.ts';
import type { RouterSeat } from './worker-pool.ts';

type ConsumerParameters = RequestResult<'consume'>['rtpParameters'];
type Direction = RequestParams<'createTransport'>['direction'];

/**
 * Browsers ignore a keyframe request that follows another one within 300 ms (libwebrtc, EncoderRtcpFeedback), and
 * mediasoup repeats one that brought nothing only after 1 s. Holding the second one back for a little more than those
 * 300 ms turns a lost second into a third of it, for instance when Record is pressed just after somebody joined.
 */
export const KEYFRAME_REQUEST_DELAY_MS = 350;

export interface PersonMediaOptions {
  seat: RouterSeat;
  connectionId: string;
  /** What this browser can play. */
  rtpCapabilities: RequestParams<'join'>['rtpCapabilities'];
  /** Whether somebody of this meeting sends it. */
  hasProducer(producerId: string): boolean;
  onProducer(producer: types.Producer, source: Source): void;
  /** A producer ended, whoever ended it. */
  onProducerClosed(producerId: string): void;
}

/**
 * One person's transports, producers and consumers. Bounded by its form: one transport per direction, one producer per
 * source, one consumer per producer; a second one takes the place of the first.
 */
export class PersonMedia {
  readonly #options: PersonMediaOptions;
  readonly #transports = new Map<Direction, types.WebRtcTransport>();
  readonly #producers = new Map<Source, types.Producer>();
  readonly #consumers = new Map<string, types.Consumer>();
  #closed = false;

  constructor(options: PersonMediaOptions) {
    this.#options = options;
  }

  async createTransport(direction: Direction): Promise<RequestResult<'createTransport'>> {
    const { router, server } = this.#options.seat;
    const transport = await asMedia(() =>
      router.createWebRtcTransport({
        webRtcServer: server,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
      }),
    );
    this.#refuseLate(transport);
    this.#transports.get(direction)?.close();
    this.#transports.set(direction, transport);
    const { dtlsParameters, iceCandidates, iceParameters, id } = transport;
    return { transport: { id, iceParameters, iceCandidates, dtlsParameters } };
  }

  async connectTransport(
    id: string,
    dtlsParameters: RequestParams<'connectTransport'>['dtlsParameters'],
  ): Promise<void> {
    const transport = this.#transport(id);
    await asMedia(() =>
      transport.connect({ dtlsParameters: dtlsParameters as unknown as types.DtlsParameters }),
    );
  }

  async restartIce(id: string): Promise<RequestResult<'restartIce'>> {
    const transport = this.#transport(id);
    return { iceParameters: await asMedia(() => transport.restartIce()) };
  }

  /** A producer of a source that is sent already takes its place. */
  async produce({
    transportId,
    source,
    rtpParameters,
    paused,
  }: RequestParams<'produce'>): Promise<ProducerInfo> {
    const transport = this.#transport(transportId);
    if (transport !== this.#transports.get('send')) throw new Fault('transport-not-found');
    const producer = await asMedia(() =>
      transport.produce({
        kind: kindOf(source),
        rtpParameters: withoutCaptureTime(rtpParameters) as unknown as types.RtpParameters,
        paused,
        keyFrameRequestDelay: KEYFRAME_REQUEST_DELAY_MS,
      }),
    );
    this.#refuseLate(producer);
    producer.observer.once('close', () => {
      if (this.#producers.get(source) === producer) this.#producers.delete(source);
      this.#options.onProducerClosed(producer.id);
    });
    this.#producers.get(source)?.close();
    this.#producers.set(source, producer);
    this.#options.onProducer(producer, source);
    return { producerId: producer.id, source, paused: producer.paused };
  }

  /** Consumers of it pause with it. */
  async setProducerPaused(producerId: string, paused: boolean): Promise<void> {
    const producer = this.#producer(producerId);
    await asMedia(() => (paused ? producer.pause() : producer.resume()));
  }

  closeProducer(producerId: string): void {
    this.#producer(producerId).close();
  }

  /** Created paused. @throws Fault `producer-not-found`, `cannot-consume`, `transport-not-found` */
  async consume(producerId: string): Promise<RequestResult<'consume'>> {
    const { router } = this.#options.seat;
    const transport = this.#transports.get('receive');
    if (!transport) throw new Fault('transport-not-found');
    const rtpCapabilities = this.#options.rtpCapabilities as unknown as types.RtpCapabilities;
    if (!this.#options.hasProducer(producerId)) throw new Fault('producer-not-found');
    if (!router.canConsume({ producerId, rtpCapabilities })) throw new Fault('cannot-consume');
    const consumer = await asMedia(() =>
      transport.consume({ producerId, rtpCapabilities, paused: true }),
    ).catch((cause) => {
      throw this.#options.hasProducer(producerId) ? cause : new Fault('producer-not-found');
    });
    this.#refuseLate(consumer);
    const before = [...this.#consumers.values()].find((one) => one.producerId === producerId);
    before?.close();
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id));
    this.#consumers.set(consumer.id, consumer);
    const { id, kind, rtpParameters } = consumer;
    return { consumerId: id, producerId, kind, rtpParameters: rtpParameters as ConsumerParameters };
  }

  /** Asks for a keyframe, too (mediasoup does so on resuming). */
  async resumeConsumer(consumerId: string): Promise<void> {
    const consumer = this.#consumer(consumerId);
    await asMedia(() => consumer.resume());
  }

  async pauseConsumer(consumerId: string): Promise<void> {
    const consumer = this.#consumer(consumerId);
    await asMedia(() => consumer.pause());
  }

  close(): void {
    this.#closed = true;
    for (const transport of this.#transports.values()) transport.close();
    this.#transports.clear();
  }

  /** What was being made while the person left is closed at once. */
  #refuseLate(made: { close(): void; readonly closed: boolean }): void {
    if (!this.#closed && !made.closed) return;
    made.close();
    throw new Fault('media-failed');
  }

  #transport(id: string): types.WebRtcTransport {
    for (const transport of this.#transports.values()) if (transport.id === id) return transport;
    throw new Fault('transport-not-found');
  }

  #producer(id: string): types.Producer {
    for (const producer of this.#producers.values()) if (producer.id === id) return producer;
    throw new Fault('producer-not-found');
  }

  #consumer(id: string): types.Consumer {
    const consumer = this.#consumers.get(id);
    if (!consumer) throw new Fault('consumer-not-found');
    return consumer;
  }
}
