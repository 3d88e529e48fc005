import { AV_CHANNEL_LAYOUT_MONO, AV_CODEC_ID_OPUS } from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Packet } from 'node-av/lib';
import { SAMPLE_RATE } from '#recorder/audio/audio-transcoder.ts';

/** libavcodec's own Opus decoder, mono, to compare with: what is lost is silence to it. */
export class LibavOpusDecoder implements Disposable {
  readonly #context = new CodecContext();
  readonly #packet = new Packet();
  readonly #frame = new Frame();

  constructor() {
    const codec = Codec.findDecoder(AV_CODEC_ID_OPUS);
    this.#context.allocContext3(codec);
    this.#context.sampleRate = SAMPLE_RATE;
    this.#context.channelLayout = AV_CHANNEL_LAYOUT_MONO;
    FFmpegError.throwIfError(this.#context.open2Sync(codec, null), 'open the Opus decoder');
    this.#packet.alloc();
    this.#frame.alloc();
  }

  decode(payload: Buffer): Float32Array[] | undefined {
    this.#packet.unref();
    this.#packet.data = payload;
    if (this.#context.sendPacketSync(this.#packet) < 0) return undefined;
    if (this.#context.receiveFrameSync(this.#frame) < 0) return undefined;
    const { data, nbSamples } = this.#frame;
    if (!data?.[0]) return undefined;
    const samples = new Float32Array(nbSamples);
    data[0].copy(Buffer.from(samples.buffer), 0, 0, nbSamples * 4);
    return [samples];
  }

  conceal(): undefined {
    return undefined;
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
  }
}
