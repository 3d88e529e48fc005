import {
  AV_CHANNEL_LAYOUT_MONO,
  AV_CHANNEL_LAYOUT_STEREO,
  AV_CODEC_FLAG_QSCALE,
  AV_CODEC_ID_AAC,
  AV_LOG_QUIET,
  AV_SAMPLE_FMT_FLTP,
} from 'node-av/constants';
import { Codec, CodecContext, FFmpegError, Frame, Log, Packet, Rational } from 'node-av/lib';
import { AAC_FRAME_SAMPLES, SAMPLE_RATE } from './audio-transcoder.ts';
import type { BlockEncoder } from './frame-planner.ts';

/** What libavcodec's AAC encoder is told (its options `aac_coder`, `b`, `global_quality`, `aac_pns` and `aac_tns`, `cutoff`). */
export interface AacSettings {
  coder: 'fast' | 'twoloop';
  /** Of each channel. With a quality it is only what the psychoacoustic model reckons with. */
  bitrateBps: number;
  /** Held constant, and sound takes the bits that it needs; undefined: the bitrate is held. 120 is the encoder's middle. */
  quality: number | undefined;
  /** Perceptual noise substitution and temporal noise shaping. */
  noiseTools: boolean;
  /** Undefined for the encoder's own choice by bitrate. */
  cutoffHz?: number | undefined;
}

/**
 * Adds so little audible noise that Opus alone is heard. To hold a bitrate would cost twice the time: what a pause saves is
 * spent for a second after it, on three times the bits. Fewer bits would not save the encoder time, the noise tools and a
 * wider band cost some (docs/performance.md, Sound).
 */
export const AAC_SETTINGS: AacSettings = {
  coder: 'fast',
  bitrateBps: 96_000,
  quality: 140,
  noiseTools: false,
  cutoffHz: 15_000,
};

/** What fails is thrown; libavcodec need not complain on stderr as well. */
Log.setLevel(AV_LOG_QUIET);

function layout(channels: 1 | 2) {
  return channels === 1 ? AV_CHANNEL_LAYOUT_MONO : AV_CHANNEL_LAYOUT_STEREO;
}

/**
 * Calls are synchronous, so one packet and one frame serve all codecs of a process. Of its own each codec would leave
 * some, small, between the large blocks of the others, freed by garbage collection alone; meanwhile the allocator uses
 * none of those blocks again, and a worker grows by half a megabyte with everybody who comes.
 */
const packet = new Packet();
packet.alloc();
const toEncode = { 1: makeFrame(1), 2: makeFrame(2) };

/** A frame for one AAC frame's samples. */
function makeFrame(channels: 1 | 2): Frame {
  const frame = new Frame();
  frame.alloc();
  frame.nbSamples = AAC_FRAME_SAMPLES;
  frame.format = AV_SAMPLE_FMT_FLTP;
  frame.sampleRate = SAMPLE_RATE;
  frame.channelLayout = layout(channels);
  FFmpegError.throwIfError(frame.getBuffer(0), 'take a frame');
  return frame;
}

/** Samples → AAC-LC. Opened when it is first needed: it takes a megabyte, and whoever never says a word needs none. */
export class AacEncoder implements BlockEncoder, Disposable {
  readonly #channels: 1 | 2;
  readonly #settings: AacSettings;
  readonly #frame: Frame;
  #context: CodecContext | undefined;
  #samples = 0n;

  constructor(channels: 1 | 2, settings = AAC_SETTINGS) {
    this.#channels = channels;
    this.#settings = settings;
    this.#frame = toEncode[channels];
  }

  encode(channels: Float32Array[] | undefined): Buffer | undefined {
    this.#context ??= openEncoder(this.#channels, this.#settings);
    FFmpegError.throwIfError(this.#frame.makeWritable(), 'write to a frame');
    this.#frame.pts = this.#samples;
    this.#samples += BigInt(AAC_FRAME_SAMPLES);
    (this.#frame.data ?? []).forEach((plane, index) => {
      const samples = channels?.[index];
      if (samples) Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).copy(plane);
      else plane.fill(0);
    });
    FFmpegError.throwIfError(this.#context.sendFrameSync(this.#frame), 'encode');
    packet.unref();
    if (this.#context.receivePacketSync(packet) < 0) return undefined;
    return packet.data ? Buffer.from(packet.data) : undefined;
  }

  [Symbol.dispose](): void {
    this.#context?.freeContext();
  }
}

function openEncoder(channels: 1 | 2, settings: AacSettings): CodecContext {
  const codec = Codec.findEncoder(AV_CODEC_ID_AAC);
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = SAMPLE_RATE;
  context.channelLayout = layout(channels);
  context.sampleFormat = AV_SAMPLE_FMT_FLTP;
  context.bitRate = BigInt(settings.bitrateBps * channels);
  context.timeBase = new Rational(1, SAMPLE_RATE);
  if (settings.quality !== undefined) {
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    context.globalQuality = settings.quality;
  }
  // As an option of the context: a Dictionary given to open2 is freed there, and once more by its wrapper.
  const tools = settings.noiseTools ? '1' : '0';
  const options = {
    ...{ aac_coder: settings.coder, aac_pns: tools, aac_tns: tools },
    ...(settings.cutoffHz !== undefined && { cutoff: `${settings.cutoffHz}` }),
  };
  for (const [name, value] of Object.entries(options)) {
    FFmpegError.throwIfError(context.setOption(name, value), `set ${name} of the AAC encoder`);
  }
  FFmpegError.throwIfError(context.open2Sync(codec, null), 'open the AAC encoder');
  return context;
}
