import { type AmfValue, encodeAmf, encodeEcmaArray } from './amf0.ts';
import { encodeTag, TAG_TYPE } from './flv-tag.ts';
import { KEYFRAME_SLOTS, type KeyframeIndex } from './keyframe-index.ts';

/** What onMetaData says of a file (FLV E.5); all of it is known at the end only. */
export interface Metadata {
  encoder: string;
  createdAtMs: number;
  channels: 1 | 2;
  sampleRate: number;
  durationMs: number;
  fileBytes: number;
  /** Of the first picture. */
  width: number;
  height: number;
  audioBytes: number;
  videoBytes: number;
  lastTimestampMs: number;
  lastKeyframeTimestampMs: number;
}

/**
 * A browser's pictures have no rate: they come when they come. ffmpeg guesses one from the first pictures, takes it for
 * the grid on which all must lie apart, and complains of any two in one place. Times that all lie on a grid of at least
 * 3 ms make it find that grid, if the metadata name it too.
 */
export const PICTURE_GRID_MS = 4;

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
    framerate: 1000 / PICTURE_GRID_MS,
    videocodecid: 7,
    videodatarate: kbps(metadata.videoBytes),
    audiocodecid: 10,
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
