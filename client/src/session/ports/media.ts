import type { Source, VideoCodec } from '#protocol/people.ts';
import type { RequestParams, RequestResult } from '#protocol/signalling.ts';

export type RouterCapabilities = RequestResult<'hello'>['routerRtpCapabilities'];
export type ReceiveCapabilities = RequestParams<'join'>['rtpCapabilities'];
export type TransportOffer = RequestResult<'createTransport'>['transport'];
export type IceServers = RequestResult<'hello'>['iceServers'];
export type DtlsParameters = RequestParams<'connectTransport'>['dtlsParameters'];
export type IceParameters = RequestResult<'restartIce'>['iceParameters'];
export type SentParameters = RequestParams<'produce'>['rtpParameters'];
export type ConsumerOffer = RequestResult<'consume'>;

/** What a transport asks of the server while it negotiates. */
export interface TransportHooks {
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  /** Answers the producer's id. Never asked by a receiving transport. */
  produce(params: Omit<RequestParams<'produce'>, 'transportId'>): Promise<string>;
  /** Nothing has come for some seconds: an ICE restart may find another path before this one is given up. */
  interrupted(): void;
  /** The path to the server is given up. */
  failed(): void;
  /** There is a path, for the first time or again. */
  connected(): void;
}

/** How far a sender of pictures has come, as the browser counts. */
export interface PictureCounts {
  /** Pictures that the camera or the screen gave. */
  readonly given: number;
  /** Of all sizes together. */
  readonly encoded: number;
  /** Grows while anything comes back from the server. */
  readonly heard: number;
}

/** One track on its way to the server. */
export interface Sender {
  readonly producerId: string;
  /** Of pictures, another codec than this one can be sent: VP8. */
  readonly canSendVp8Instead: boolean;
  /** Undefined while nothing gets through, and where the browser does not say. */
  countPictures(): Promise<PictureCounts | undefined>;
  /** Undefined: nothing is encoded until the next track. */
  replaceTrack(track: MediaStreamTrack | undefined): Promise<void>;
  pause(): void;
  resume(): void;
  close(): void;
}

/** One track that comes from the server. */
export interface Receiver {
  readonly track: MediaStreamTrack;
  close(): void;
}

interface Transport {
  readonly id: string;
  restartIce(parameters: IceParameters): Promise<void>;
  close(): void;
}

export interface SendTransport extends Transport {
  /** @param codec of a picture; by default what the meeting prefers */
  send(source: Source, track: MediaStreamTrack, paused: boolean, codec?: VideoCodec): Promise<Sender>;
}

export interface ReceiveTransport extends Transport {
  receive(offer: ConsumerOffer): Promise<Receiver>;
}

/** This browser's media, once it knows what the router can do. */
export interface MediaDevice {
  readonly receiveCapabilities: ReceiveCapabilities;
  readonly canReceiveH264: boolean;
  openSend(offer: TransportOffer, iceServers: IceServers, hooks: TransportHooks): SendTransport;
  openReceive(offer: TransportOffer, iceServers: IceServers, hooks: TransportHooks): ReceiveTransport;
}

export interface MediaEngine {
  /** False in a browser without WebRTC. */
  readonly isSupported: boolean;
  load(router: RouterCapabilities): Promise<MediaDevice>;
}
