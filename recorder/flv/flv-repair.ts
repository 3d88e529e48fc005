import { ByteReader } from '../bytes/byte-reader.ts';
import { Malformed } from '../bytes/malformed.ts';
import { parseSps } from '../depacketize/sps.ts';
import { parseAmf, readAmfProperties } from './amf0.ts';
import { parseAudioData } from './audio-data.ts';
import { FRAME_MS, type Patch } from './flv-muxer.ts';
import { type FlvSource, type FlvTag, readFlvTags } from './flv-reader.ts';
import { FLV_HEADER, TAG_TYPE } from './flv-tag.ts';
import { KeyframeIndex } from './keyframe-index.ts';
import { encodeMetadataTag, type Metadata } from './metadata.ts';
import { parseVideoData } from './video-data.ts';

/** What makes a file that was cut off whole again. */
export interface FlvRepair {
  /** Bytes of the file that are whole tags; what follows is to be cut off. */
  truncateTo: number;
  patch: Patch | undefined;
  durationMs: number;
}

/**
 * Reads a file of ours to its last whole tag, and works out its index. Nothing is written here.
 * Answers undefined when the file holds no media: it was cut off before its first picture or sound.
 */
export async function planRepair(source: FlvSource): Promise<FlvRepair | undefined> {
  const survey = new Survey();
  try {
    for await (const tag of readFlvTags(source)) if (!survey.take(tag)) break;
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause;
  }
  return survey.result();
}

/** What a repair needs to know of the tags, taken in order. */
class Survey {
  readonly #keyframes = new KeyframeIndex();
  readonly #metadata: Metadata = {
    encoder: '',
    createdAtMs: 0,
    codec: 'aac',
    channels: 1,
    sampleRate: 48000,
    durationMs: 0,
    fileBytes: 0,
    width: 0,
    height: 0,
    audioBytes: 0,
    videoBytes: 0,
    pictures: 0,
    lastTimestampMs: 0,
    lastKeyframeTimestampMs: 0,
  };
  #script: FlvTag | undefined;
  #media = 0;
  /** Of a sequence header whose picture has not come yet: the index points at it. */
  #configOffset: number | undefined;

  /** Answers false for a tag whose inside is broken: the file ends before it. */
  take(tag: FlvTag): boolean {
    try {
      if (tag.type === TAG_TYPE.script) this.#takeScript(tag);
      else if (tag.type === TAG_TYPE.audio) this.#takeAudio(tag);
      else this.#takeVideo(tag);
    } catch (cause) {
      if (cause instanceof Malformed) return false;
      throw cause;
    }
    this.#metadata.fileBytes = tag.end;
    this.#metadata.lastTimestampMs = Math.max(this.#metadata.lastTimestampMs, tag.timestampMs);
    return true;
  }

  result(): FlvRepair | undefined {
    if (this.#media === 0) return undefined;
    const { durationMs, fileBytes } = this.#metadata;
    const bytes = encodeMetadataTag(this.#metadata, this.#keyframes);
    const room = this.#script ? this.#script.end - this.#script.offset : 0;
    const fits = this.#script?.offset === FLV_HEADER.length && bytes.length === room;
    const patch = fits ? { offset: FLV_HEADER.length, bytes } : undefined;
    return { truncateTo: fileBytes, patch, durationMs };
  }

  #takeScript(tag: FlvTag): void {
    const reader = new ByteReader(tag.data);
    if (parseAmf(reader) !== 'onMetaData') return;
    this.#script = tag;
    try {
      for (const [name, value] of readAmfProperties(reader)) {
        if (name === 'encoder') this.#metadata.encoder = String(value);
        if (name === 'creationdate') this.#metadata.createdAtMs = Date.parse(String(value)) || 0;
      }
    } catch (cause) {
      // A power cut while it was overwritten leaves a part of either; the media behind it are whole all the same.
      if (!(cause instanceof Malformed)) throw cause;
    }
  }

  #takeAudio(tag: FlvTag): void {
    const data = parseAudioData(tag.data);
    if (data.type !== 'frame') {
      this.#metadata.codec = data.type === 'aac-config' ? 'aac' : 'opus';
      this.#metadata.channels = data.channels === 2 ? 2 : 1;
      return;
    }
    this.#metadata.audioBytes += tag.end - tag.offset;
    this.#media += 1;
    this.#extend(Math.round(tag.timestampMs + FRAME_MS[data.codec]));
  }

  #takeVideo(tag: FlvTag): void {
    const data = parseVideoData(tag.data);
    this.#metadata.videoBytes += tag.end - tag.offset;
    if (data.type === 'avc-config') {
      this.#takeSize(data.sps[0]);
      // The first one has an entry of its own (FlvMuxer).
      if (this.#keyframes.isEmpty) this.#keyframes.add(tag.timestampMs, tag.offset);
      this.#configOffset = tag.offset;
    }
    if (data.type !== 'avc-nalus') return;
    const offset = this.#configOffset;
    this.#configOffset = undefined;
    this.#media += 1;
    this.#metadata.pictures += 1;
    this.#extend(tag.timestampMs);
    if (!data.keyframe) return;
    // As FlvMuxer does: a player that seeks there must meet the sequence header first.
    if (offset !== undefined) this.#keyframes.add(tag.timestampMs, offset);
    this.#metadata.lastKeyframeTimestampMs = tag.timestampMs;
  }

  #takeSize(sps: Buffer | undefined): void {
    if (!sps || this.#metadata.width > 0) return;
    const { height, width } = parseSps(sps);
    this.#metadata.width = width;
    this.#metadata.height = height;
  }

  #extend(endMs: number): void {
    this.#metadata.durationMs = Math.max(this.#metadata.durationMs, endMs);
  }
}
