import { networkInterfaces } from 'node:os';
import type { types } from 'mediasoup';
import type { Endpoint, RecordedStream } from '#protocol/recorder.ts';
import type { Clock } from '#service/clock.ts';
import { recorderCapabilities } from './codecs.ts';
import { announcedFor } from './listen-address.ts';
import { asMedia } from './media-fault.ts';
import { keepTopLayer } from './top-layer.ts';

export interface PlainOptions {
  /** Where datagrams to the recorder come from. */
  listenIp: string;
  portMin: number;
  portMax: number;
}

/** One recorded person's way to the recorder: RTP and RTCP of all their streams between two ports. */
export class RecorderTransport {
  readonly #transport: types.PlainTransport;
  readonly #clock: Clock;

  /** @throws Fault `ports-exhausted`, `media-failed` */
  static async open(router: types.Router, options: PlainOptions, clock: Clock): Promise<RecorderTransport> {
    const { listenIp, portMax, portMin } = options;
    const announced = announcedFor(listenIp, undefined, networkInterfaces());
    const transport = await asMedia(() =>
      router.createPlainTransport({
        listenInfo: {
          protocol: 'udp',
          ip: listenIp,
          portRange: { min: portMin, max: portMax },
          ...(announced !== undefined && { announcedAddress: announced }),
        },
        rtcpMux: true,
        comedia: false,
      }),
    );
    return new RecorderTransport(transport, clock);
  }

  private constructor(transport: types.PlainTransport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  get closed(): boolean {
    return this.#transport.closed;
  }

  /** Where its datagrams come from. */
  get from(): Endpoint {
    const { localAddress, localPort } = this.#transport.tuple;
    return { address: localAddress, port: localPort };
  }

  /** From now on datagrams go there. Once only. */
  async connect({ address, port }: Endpoint): Promise<void> {
    await asMedia(() => this.#transport.connect({ ip: address, port }));
  }

  /** A stream that does not flow yet, with the recorder's fixed capabilities [D5]. */
  async consume(producerId: string): Promise<RecorderStream> {
    const consumer = await asMedia(() =>
      this.#transport.consume({
        producerId,
        rtpCapabilities: recorderCapabilities,
        paused: true,
        // For audio, too: without it mediasoup takes the NACK feedback away (ortc.getConsumerRtpParameters).
        enableRtx: true,
      }),
    );
    keepTopLayer(consumer, this.#clock);
    return new RecorderStream(consumer);
  }

  close(): void {
    this.#transport.close();
  }
}

/** A producer on its way to the recorder. */
export class RecorderStream {
  readonly #consumer: types.Consumer;

  constructor(consumer: types.Consumer) {
    this.#consumer = consumer;
  }

  get closed(): boolean {
    return this.#consumer.closed;
  }

  /** As the recorder will see it on the wire; who sends it, and whether it is muted, the caller knows. */
  describe(): Omit<RecordedStream, 'source' | 'paused'> {
    const { id, kind, rtpParameters } = this.#consumer;
    const [codec] = rtpParameters.codecs;
    const ssrc = rtpParameters.encodings?.[0]?.ssrc;
    const cname = rtpParameters.rtcp?.cname;
    if (!codec || ssrc === undefined) throw new Error(`consumer ${id} has no codec or no SSRC`);
    return {
      streamId: id,
      kind,
      codec: codec as RecordedStream['codec'],
      ssrc,
      ...(cname !== undefined && { cname }),
    };
  }

  /**
   * Lets it flow, from a keyframe on. Resuming asks for one; asking twice would only make mediasoup ask the sender for
   * a second one later, so only a stream that flows already is asked for explicitly.
   */
  async start(): Promise<void> {
    const consumer = this.#consumer;
    await asMedia(async () => {
      if (consumer.paused) await consumer.resume();
      else if (consumer.kind === 'video') await consumer.requestKeyFrame();
    });
  }

  close(): void {
    this.#consumer.close();
  }
}
