import type { types } from 'mediasoup';
import { Fault } from '#protocol/errors.ts';
import type { OwnMedia } from '#protocol/media-requests.ts';
import { kindOf, type ProducerInfo, type Quality, type Source } from '#protocol/people.ts';
import type { RequestParams, RequestResult } from '#protocol/signalling.ts';
import { videoCodecOf, withoutRefusedExtensions } from './codecs.ts';
import { asMedia } from './media-fault.ts';
import { qualityOf } from './quality.ts';
import { ReceivedStream, type SentStream } from './received-stream.ts';
import { VideoBudget } from './video-budget.ts';
import type { RouterSeat } from './worker-pool.ts';

type ConsumerParameters = RequestResult<'consume'>['rtpParameters'];
type Direction = RequestParams<'createTransport'>['direction'];
type VisibleVideos = RequestParams<'setVisibleVideos'>['videos'];

/**
 * Browsers ignore a keyframe request that follows another one within 300 ms (libwebrtc, EncoderRtcpFeedback), and
 * mediasoup repeats one that brought nothing only after 1 s. Holding the second one back for a little more than those
 * 300 ms turns a lost second into a third of it, for instance when Record is pressed just after somebody joined.
 */
export const KEYFRAME_REQUEST_DELAY_MS = 350;
/** Camera and screen at their best, with room to spare; a page that sends more is slowed down. */
const MAX_INCOMING_BPS = 6_000_000;
/** The estimate begins here: enough for sound and a picture at once, little enough for a poor line. */
const INITIAL_OUTGOING_BPS = 1_000_000;

export interface PersonMediaOptions {
  seat: RouterSeat;
  connectionId: string;
  /** What this browser can play. */
  rtpCapabilities: RequestParams<'join'>['rtpCapabilities'];
  /** What somebody of this meeting sends; undefined: nobody does. */
  findProducer(producerId: string): SentStream | undefined;
  onProducer(producer: types.Producer, source: Source): void;
  /** A producer ended, whoever ended it. */
  onProducerClosed(producerId: string): void;
  /** As measured now, whether it has changed or not. */
  onQuality(quality: Quality): void;
  /** These videos do not come for now, since there is no room for them: a complete list, whenever it changes. */
  onHeldBack(producerIds: readonly string[]): void;
}

/**
 * One person's transports, producers and consumers. Bounded by its form: one transport per direction, one producer per
 * source, one consumer per producer; a second one takes the place of the first.
 */
export class PersonMedia {
  readonly #options: PersonMediaOptions;
  readonly #transports = new Map<Direction, types.WebRtcTransport>();
  readonly #producers = new Map<Source, types.Producer>();
  readonly #consumers = new Map<string, ReceivedStream>();
  /** The tiles of the page, by producer; undefined until it has told them. */
  #tiles: Map<string, VisibleVideos[number]> | undefined;
  readonly #budget = new VideoBudget();
  #heldBack: readonly string[] = [];
  #closed = false;

  constructor(options: PersonMediaOptions) {
    this.#options = options;
  }

  /** What there is, for a page that comes back to it. What is held back from it is told again. */
  describe(): OwnMedia {
    this.#heldBack = [];
    return {
      transports: [...this.#transports].map(([direction, { id: transportId }]) => ({
        transportId,
        direction,
      })),
      producers: [...this.#producers].map(([source, producer]) => infoOf(source, producer)),
      consumers: [...this.#consumers.values()].map(({ id: consumerId, producerId }) => ({
        consumerId,
        producerId,
      })),
    };
  }

  async createTransport(direction: Direction): Promise<RequestResult<'createTransport'>> {
    const { router, server } = this.#options.seat;
    const transport = await asMedia(() =>
      router.createWebRtcTransport({
        webRtcServer: server,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BPS,
      }),
    );
    this.#refuseLate(transport);
    if (direction === 'send') await asMedia(() => transport.setMaxIncomingBitrate(MAX_INCOMING_BPS));
    this.#refuseLate(transport);
    this.#transports.get(direction)?.close();
    this.#transports.set(direction, transport);
    transport.on('icestatechange', () => this.#measure());
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
        rtpParameters: withoutRefusedExtensions(rtpParameters) as unknown as types.RtpParameters,
        paused,
        keyFrameRequestDelay: KEYFRAME_REQUEST_DELAY_MS,
      }),
    );
    this.#refuseLate(producer);
    producer.observer.once('close', () => {
      if (this.#producers.get(source) === producer) this.#producers.delete(source);
      this.#options.onProducerClosed(producer.id);
    });
    producer.on('score', () => this.#measure());
    this.#producers.get(source)?.close();
    this.#producers.set(source, producer);
    this.#options.onProducer(producer, source);
    return infoOf(source, producer);
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
    const { findProducer, seat } = this.#options;
    const transport = this.#transports.get('receive');
    if (!transport) throw new Fault('transport-not-found');
    const rtpCapabilities = this.#options.rtpCapabilities as unknown as types.RtpCapabilities;
    const sent = findProducer(producerId);
    if (!sent) throw new Fault('producer-not-found');
    if (!seat.router.canConsume({ producerId, rtpCapabilities })) throw new Fault('cannot-consume');
    const consumer = await asMedia(() =>
      // For audio, too: without it mediasoup repeats no lost sound.
      transport.consume({ producerId, rtpCapabilities, paused: true, enableRtx: true }),
    ).catch((cause) => {
      throw findProducer(producerId) ? cause : new Fault('producer-not-found');
    });
    this.#refuseLate(consumer);
    const before = [...this.#consumers.values()].find((one) => one.producerId === producerId);
    before?.close();
    const stream = new ReceivedStream(consumer, sent);
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id));
    consumer.on('score', () => this.#measure());
    this.#consumers.set(consumer.id, stream);
    if (this.#tiles) await stream.show(this.#tiles.get(producerId));
    const { id, kind, rtpParameters } = consumer;
    return { consumerId: id, producerId, kind, rtpParameters: rtpParameters as ConsumerParameters };
  }

  async resumeConsumer(consumerId: string): Promise<void> {
    await this.#consumer(consumerId).ask(true);
  }

  async pauseConsumer(consumerId: string): Promise<void> {
    await this.#consumer(consumerId).ask(false);
  }

  /** Videos that are not among them cost this person nothing. */
  async setVisibleVideos(videos: VisibleVideos): Promise<void> {
    this.#tiles = new Map(videos.map((video) => [video.producerId, video]));
    const tiles = this.#tiles;
    await Promise.all([...this.#consumers.values()].map((one) => one.show(tiles.get(one.producerId))));
  }

  /** Audio first: holds back what this person's network has no room for. To be called once a second. */
  async balance(nowMs: number): Promise<void> {
    const transport = this.#transports.get('receive');
    const streams = [...this.#consumers.values()].filter(
      ({ isDue, isSingleVideo }) => isDue && isSingleVideo,
    );
    if (!transport || (streams.length === 0 && this.#heldBack.length === 0)) return;
    const [stats] = await asMedia(() => transport.getStats());
    const held = this.#budget.look(
      {
        availableBps: stats?.availableOutgoingBitrate ?? Number.POSITIVE_INFINITY,
        sentBps: stats?.sendBitrate ?? 0,
        videos: streams,
      },
      nowMs,
    );
    await Promise.all(streams.map((stream) => stream.holdBack(held.has(stream.id))));
    const told = streams.filter(({ isHeldBack }) => isHeldBack).map(({ producerId }) => producerId);
    if (told.join() === this.#heldBack.join()) return;
    this.#heldBack = told;
    this.#options.onHeldBack(told);
  }

  close(): void {
    this.#closed = true;
    for (const transport of this.#transports.values()) transport.close();
    this.#transports.clear();
  }

  #measure(): void {
    const sent = [...this.#producers.values()]
      .filter((producer) => !producer.paused)
      .map((producer) => Math.max(0, ...producer.score.map(({ score }) => score)));
    const received = [...this.#consumers.values()].flatMap(({ score }) => score ?? []);
    const isReachable = [...this.#transports.values()].every(({ iceState }) => iceState !== 'disconnected');
    this.#options.onQuality(qualityOf([...sent, ...received], isReachable));
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

  #consumer(id: string): ReceivedStream {
    const consumer = this.#consumers.get(id);
    if (!consumer) throw new Fault('consumer-not-found');
    return consumer;
  }
}

function infoOf(source: Source, { id: producerId, paused, rtpParameters }: types.Producer): ProducerInfo {
  const codec = videoCodecOf(rtpParameters);
  return { producerId, source, paused, ...(codec && { codec }) };
}
