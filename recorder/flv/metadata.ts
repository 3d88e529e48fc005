import type { AudioCodec } from '#protocol/people.ts';
import { type AmfValue, encodeAmf, encodeEcmaArray } from './amf0.ts';
import { encodeTag, TAG_TYPE } from './flv-tag.ts';
import { KEYFRAME_SLOTS, type KeyframeIndex } from './keyframe-index.ts';

/** What onMetaData says of a file (FLV E.5); all of it is known at the end only. */
export interface Metadata {
  encoder: string;
  createdAtMs: number;
  codec: AudioCodec;
  channels: 1 | 2;
  sampleRate: number;
  durationMs: number;
  fileBytes: number;
  /** Of the first picture. */
  width: number;
  height: number;
  audioBytes: number;
  videoBytes: number;
  pictures: number;
  lastTimestampMs: number;
  lastKeyframeTimestampMs: number;
}

/**
 * A browser's pictures have no rate: they come when they come. Whoever converts a file needs one all the same, and the mean
 * one gives as many pictures as there are. ffmpeg believes it where the times themselves seem to say more than 210 a second
 * (`av_guess_frame_rate`), else what it makes of the first few of them. So all times lie on a grid of 250.
 */
export const PICTURE_GRID_MS = 4;
/** Opus by its FourCC as a number (Enhanced RTMP v2). */
const CODEC_IDS: Record<AudioCodec, number> = { aac: 10, opus: Buffer.from('Opus').readUInt32BE() };
/** What is said before there is a mean. */
const EXPECTED_RATE = 30;
/** Below this a reader that keeps rates as fractions of thousands takes it for 0, which is none. */
const LOWEST_RATE = 0.001;

/**
 * The script tag at the beginning of a file, of the same length whatever the values: numbers take nine bytes each, and
 * a spacer takes the room of the keyframes that are not there. The spacer is an array, since ffmpeg warns of long strings.
 */
export function encodeMetadataTag(metadata: Metadata, keyframes: KeyframeIndex): Buffer {
  const seconds = metadata.durationMs / 1000;
  const kbps = (bytes: number) => (seconds > 0 ? (bytes * 8) / 1000 / seconds : 0);
  const { filepositions, times } = keyframes.entries();
  const body: Record<string, AmfValue> = {
    duration: seconds,
    width: metadata.width,
    height: metadata.height,
    framerate: meanRate(metadata.pictures, seconds),
    videocodecid: 7,
    videodatarate: kbps(metadata.videoBytes),
    audiocodecid: CODEC_IDS[metadata.codec],
    audiodatarate: kbps(metadata.audioBytes),
    audiosamplerate: metadata.sampleRate,
    audiosamplesize: 16,
    stereo: metadata.channels === 2,
    filesize: metadata.fileBytes,
    lasttimestamp: metadata.lastTimestampMs / 1000,
    lastkeyframetimestamp: metadata.lastKeyframeTimestampMs / 1000,
    hasAudio: true,
    hasVideo: true,
    hasMetadata: true,
    hasKeyframes: !keyframes.isEmpty,
    canSeekToEnd: metadata.lastKeyframeTimestampMs === metadata.lastTimestampMs,
    encoder: metadata.encoder,
    creationdate: new Date(metadata.createdAtMs).toISOString(),
    keyframes: { times, filepositions },
    spacer: Array<number>(2 * (KEYFRAME_SLOTS - times.length)).fill(0),
  };
  return Buffer.concat(encodeTag(TAG_TYPE.script, 0, [encodeAmf('onMetaData'), encodeEcmaArray(body)]));
}

/** Pictures a second, to four digits. */
function meanRate(pictures: number, seconds: number): number {
  if (pictures === 0 || seconds === 0) return EXPECTED_RATE;
  return Math.max(LOWEST_RATE, Number((pictures / seconds).toPrecision(4)));
}
