import { Device, type types } from 'mediasoup-client';
import { io, type Socket } from 'socket.io-client';
import { openReply } from '#protocol/reply.ts';
import { type RequestName, type RequestParams, type RequestResult, requests } from '#protocol/signalling.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';

declare global {
  interface Window {
    attendees: Record<string, Attendee>;
    attend(name: string, url: string, token: string): Promise<void>;
  }
}

/** What is decoded of a video that is received. */
export interface Picture {
  framesDecoded: number;
  width: number;
  codec: string;
}

type SentSource = 'camera' | 'microphone' | 'screen';
interface SentPicture {
  width: number;
  height: number;
  frameRate: number;
}

interface Sending {
  mimeType?: string | undefined;
  picture?: SentPicture;
}

/** As large as the pages send it, and in three layers; any other is sent in one. */
const FULL: SentPicture = { width: 1280, height: 720, frameRate: 15 };

/** The least page that can hold a meeting: mediasoup-client over the server's signalling. */
class Attendee {
  readonly #url: string;
  readonly #token: string;
  #socket: Socket | undefined;
  #device = new Device();
  #ticket = '';
  #sending: types.Transport | undefined;
  #receiving: types.Transport | undefined;
  readonly #consumers = new Map<string, types.Consumer>();
  readonly #tracks = new Map<string, MediaStreamTrack>();
  /** Everything that the server told unasked. */
  readonly notices: { name: string; data: unknown }[] = [];

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async connect(): Promise<void> {
    const socket = io(this.#url, {
      auth: { token: this.#token, version: PROTOCOL_VERSION },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    this.#socket = socket;
    socket.onAny((name: string, data: unknown) => this.notices.push({ name, data }));
    await new Promise<void>((resolve, reject) => {
      socket.on('connect', resolve);
      socket.on('connect_error', reject);
    });
  }

  async join(): Promise<void> {
    const { routerRtpCapabilities } = await this.#ask('hello', {});
    await this.load(routerRtpCapabilities);
    const rtpCapabilities = this.#device.recvRtpCapabilities as RequestParams<'join'>['rtpCapabilities'];
    this.#ticket = (await this.#ask('join', { rtpCapabilities })).ticket;
  }

  /** A new device: that of a server that was replaced is of no use any more. */
  async load(routerRtpCapabilities: unknown): Promise<void> {
    this.#device = await Device.factory();
    await this.#device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities });
    this.#sending = undefined;
    this.#receiving = undefined;
  }

  async leave(): Promise<void> {
    await this.#ask('leave', {});
    this.#socket?.disconnect();
  }

  lose(): void {
    this.#socket?.disconnect();
  }

  /** Over a new socket, with the ticket. */
  async resume(): Promise<RequestResult<'resume'>> {
    await this.connect();
    return this.#ask('resume', { ticket: this.#ticket });
  }

  async restartIce(): Promise<void> {
    for (const transport of [this.#sending, this.#receiving]) {
      if (!transport) continue;
      const { iceParameters } = await this.#ask('restartIce', { transportId: transport.id });
      await transport.restartIce({ iceParameters: iceParameters as types.IceParameters });
    }
  }

  /** Sends the fake device. Answers the producer's id. */
  async send(source: SentSource, { mimeType = 'video/H264', picture = FULL }: Sending = {}): Promise<string> {
    this.#sending ??= await this.#open('send');
    const transport = this.#sending;
    const isVideo = source !== 'microphone';
    const track = this.#tracks.get(source) ?? (await fakeTrack(isVideo ? picture : undefined));
    this.#tracks.set(source, track);
    const codec = this.#device.sendRtpCapabilities.codecs?.find((one) => one.mimeType === mimeType);
    const producer = await transport.produce({
      track,
      stopTracks: false,
      appData: { source },
      ...(isVideo && codec && { codec }),
      ...(isVideo && {
        encodings: (picture === FULL ? [4, 2, 1] : [1]).map((scaleResolutionDownBy) => ({
          scaleResolutionDownBy,
          maxBitrate: 1_200_000 / scaleResolutionDownBy ** 2 + 100_000,
        })),
        codecOptions: { videoGoogleStartBitrate: 2000 },
      }),
    });
    return producer.id;
  }

  async receive(producerId: string): Promise<void> {
    this.#receiving ??= await this.#open('receive');
    const transport = this.#receiving;
    const { consumerId, kind, rtpParameters } = await this.#ask('consume', { producerId });
    const consumer = await transport.consume({
      id: consumerId,
      producerId,
      kind,
      rtpParameters: rtpParameters as types.RtpParameters,
    });
    this.#consumers.set(producerId, consumer);
    const element = document.createElement(kind === 'video' ? 'video' : 'audio');
    element.muted = true;
    element.srcObject = new MediaStream([consumer.track]);
    document.body.append(element);
    void element.play();
    await this.#ask('resumeConsumer', { consumerId });
  }

  show(videos: RequestParams<'setVisibleVideos'>['videos']): Promise<object> {
    return this.#ask('setVisibleVideos', { videos });
  }

  async picture(producerId: string): Promise<Picture> {
    const stats = [...((await this.#consumers.get(producerId)?.getStats()) ?? new Map()).values()];
    const inbound = stats.find(({ type }) => type === 'inbound-rtp') ?? {};
    const codec = stats.find(({ id }) => id === inbound.codecId)?.mimeType ?? '';
    return { framesDecoded: inbound.framesDecoded ?? 0, width: inbound.frameWidth ?? 0, codec };
  }

  /** Of all layers, so far. */
  async framesSent(): Promise<number> {
    const stats = [...((await this.#sending?.getStats()) ?? new Map()).values()];
    return stats
      .filter(({ kind, type }) => type === 'outbound-rtp' && kind === 'video')
      .reduce((sum, { framesSent }) => sum + (framesSent ?? 0), 0);
  }

  async #open(direction: 'send' | 'receive'): Promise<types.Transport> {
    const { transport: offer } = await this.#ask('createTransport', { direction });
    const options = offer as unknown as types.TransportOptions;
    const transport =
      direction === 'send'
        ? this.#device.createSendTransport(options)
        : this.#device.createRecvTransport(options);
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      const { fingerprints, role } = dtlsParameters;
      const parameters = { fingerprints: [...fingerprints], ...(role && { role }) };
      this.#ask('connectTransport', { transportId: transport.id, dtlsParameters: parameters }).then(
        () => done(),
        failed,
      );
    });
    transport.on('produce', ({ appData, rtpParameters }, done, failed) => {
      this.#ask('produce', {
        transportId: transport.id,
        source: appData.source as SentSource,
        rtpParameters: rtpParameters as RequestParams<'produce'>['rtpParameters'],
        paused: false,
      }).then(({ producerId }) => done({ id: producerId }), failed);
    });
    return transport;
  }

  async #ask<N extends RequestName>(name: N, params: RequestParams<N>): Promise<RequestResult<N>> {
    const reply: unknown = await this.#socket?.timeout(10_000).emitWithAck(name, params);
    return openReply(requests[name].result, reply) as RequestResult<N>;
  }
}

/** The fake camera; for a microphone a steady tone, since the fake one only clicks. */
async function fakeTrack(picture: SentPicture | undefined): Promise<MediaStreamTrack> {
  const media = picture ? await navigator.mediaDevices.getUserMedia({ video: { ...picture } }) : tone();
  const [track] = media.getTracks();
  if (!track) throw new Error('The fake device gave nothing.');
  return track;
}

function tone(): MediaStream {
  const context = new AudioContext();
  const oscillator = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  oscillator.connect(destination);
  oscillator.start();
  return destination.stream;
}

window.attendees = {};
window.attend = async (name, url, token) => {
  const attendee = new Attendee(url, token);
  window.attendees[name] = attendee;
  await attendee.connect();
  await attendee.join();
};
