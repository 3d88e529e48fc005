import type { AudioCodec } from '#protocol/people.ts';
import { FRAME_SAMPLES } from '../flv/audio-data.ts';

export const AAC_FRAME_SAMPLES = FRAME_SAMPLES.aac;
export const SAMPLE_RATE = 48_000;
/** Further than this nothing can be said of sound that is missing: 120 ms, also the longest packet (RFC 6716 §2.1.4). */
export const MAX_CONCEALED_SAMPLES = 5760;

/** Frame `index` covers the FRAME_SAMPLES from sample index·FRAME_SAMPLES of the file on. */
export interface SoundFrame {
  index: number;
  data: Buffer;
}

/** Samples of the file that are silent because the sound was lost on our side: with a worker, or behind one. */
export interface AudioGap {
  cause: 'audio-worker-lost' | 'audio-worker-slow';
  fromSample: number;
  toSample: number;
}

/**
 * Turns one stream's Opus packets into frames of a file's sound, one behind another from its beginning, without holes: where
 * nothing comes there is silence. Answers come later, through `onFrames`, in order.
 */
export interface AudioTranscoder {
  /**
   * @param packet.positionSamples the capture position of the packet's first sample on the file's line, 48 kHz
   * @param packet.lostSamples so much sound right before it was lost; none when left out
   */
  push(packet: { positionSamples: number; payload: Buffer; lostSamples?: number }): void;
  /** No packet from before this sample will come any more: what is missing up to it is silence. */
  advance(toSample: number): void;
  /** Resolves when every frame up to this sample was handed out. */
  finish(endSample: number): Promise<void>;
  /** What a `finish` still waits for is silence, at once. */
  giveUp(): void;
  /** Lets go of the stream's codecs; nothing is handed out any more. */
  close(): void;
  /** So much of what the last `advance` was to bring is not made yet, or is silence while sound comes. */
  readonly behindSamples: number;
}

/** Who makes sound in a codec: the audio workers AAC, KeptSounds nothing but what was sent. */
export interface SoundMaker {
  readonly codec: AudioCodec;
  /** @param options.onGap sound that is silence in the file, since nobody made it */
  open(options: {
    channels: 1 | 2;
    onFrames(frames: SoundFrame[]): void;
    onGap?(gap: AudioGap): void;
  }): AudioTranscoder;
}
