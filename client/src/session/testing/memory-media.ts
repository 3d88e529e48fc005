import { kindOf, type Source, type VideoCodec } from '#protocol/people.ts';
import type {
  ConsumerOffer,
  MediaDevice,
  MediaEngine,
  PictureCounts,
  ReceiveTransport,
  Sender,
  SendTransport,
  TransportHooks,
} from '../ports/media.ts';
import { TestTrack } from './tracks.ts';

const rtpOf = (codec: VideoCodec) => ({
  codecs: [{ mimeType: `video/${codec.toUpperCase()}`, payloadType: 100, clockRate: 90_000 }],
});
const DTLS = { fingerprints: [{ algorithm: 'sha-256', value: '00' }] };

interface MemoryTransport {
  id: string;
  hooks: TransportHooks;
  closed: boolean;
  isConnected: boolean;
  restartIce(): Promise<void>;
  close(): void;
  connect(): Promise<void>;
}

/** A browser's media without media: it negotiates through its hooks, as a real one does, and notes what it is told. */
export class MemoryEngine implements MediaEngine {
  isSupported = true;
  canReceiveH264 = true;
  /** Whether what is sent reaches the server. */
  getsThrough = true;
  canSendVp8 = true;
  /** Of each picture that is sent. */
  counts: PictureCounts | undefined;
  readonly log: string[] = [];
  readonly transports: MemoryTransport[] = [];

  async load(): Promise<MediaDevice> {
    return {
      receiveCapabilities: { codecs: [] },
      canReceiveH264: this.canReceiveH264,
      openSend: ({ id }, _iceServers, hooks) => this.#send(this.#transport(id, hooks)),
      openReceive: ({ id }, _iceServers, hooks) => this.#receive(this.#transport(id, hooks)),
    };
  }

  /** The transports that are open now. */
  get open(): MemoryTransport[] {
    return this.transports.filter(({ closed }) => !closed);
  }

  #transport(id: string, hooks: TransportHooks): MemoryTransport {
    const transport: MemoryTransport = {
      id,
      hooks,
      closed: false,
      isConnected: false,
      restartIce: async () => {
        this.log.push(`restart ${id}`);
      },
      close: () => {
        transport.closed = true;
      },
      connect: async () => {
        if (transport.isConnected) return;
        transport.isConnected = true;
        await hooks.connect(DTLS);
        if (this.getsThrough) hooks.connected();
      },
    };
    this.transports.push(transport);
    return transport;
  }

  #send(transport: MemoryTransport): SendTransport {
    const send = async (
      source: Source,
      _track: MediaStreamTrack,
      paused: boolean,
      codec: VideoCodec = 'h264',
    ): Promise<Sender> => {
      await transport.connect();
      const producerId = await transport.hooks.produce({ source, paused, rtpParameters: rtpOf(codec) });
      const note = (what: string): void => {
        this.log.push(`${what} ${source}`);
      };
      return {
        producerId,
        canSendVp8Instead: kindOf(source) === 'video' && codec !== 'vp8' && this.canSendVp8,
        countPictures: async () => this.counts,
        replaceTrack: async (track) => note(track ? 'new track' : 'no track'),
        pause: () => note('pause'),
        resume: () => note('resume'),
        close: () => note('close'),
      };
    };
    return Object.assign(transport, { send });
  }

  #receive(transport: MemoryTransport): ReceiveTransport {
    const receive = async (offer: ConsumerOffer) => {
      await transport.connect();
      return {
        track: new TestTrack(offer.kind).asTrack,
        close: () => {
          this.log.push(`drop ${offer.producerId}`);
        },
      };
    };
    return Object.assign(transport, { receive });
  }
}
