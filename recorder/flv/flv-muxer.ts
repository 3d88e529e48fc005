import type { AudioCodec } from '#protocol/people.ts';
import { LeakyBucket } from '../bytes/leaky-bucket.ts';
import { parseSps } from '../depacketize/sps.ts';
import { encodeSoundConfig, FRAME_SAMPLES, SOUND_PREFIX } from './audio-data.ts';
import { encodeSmallTag, encodeTag, FLV_HEADER, TAG_TYPE, type TagType } from './flv-tag.ts';
import { KeyframeIndex } from './keyframe-index.ts';
import { encodeMetadataTag, PICTURE_GRID_MS } from './metadata.ts';
import { encodeAvcConfig, encodeAvcNalus } from './video-data.ts';

/** What a picture is decoded with. */
interface ParameterSets {
  sps: Buffer;
  pps: Buffer;
  otherPps?: readonly Buffer[];
}

/** Bytes to overwrite in place. */
export interface Patch {
  offset: number;
  bytes: Buffer;
}

/** FLV timestamps are 32 bits of milliseconds: 49 days. */
const MAX_TIMESTAMP_MS = 0xffffffff;
/** What a frame of sound lasts. */
export const FRAME_MS: Record<AudioCodec, number> = {
  aac: FRAME_SAMPLES.aac / 48,
  opus: FRAME_SAMPLES.opus / 48,
};
/**
 * How often parameter sets that have not changed are repeated: browsers make a keyframe a second at most when asked, and some
 * by themselves. Nobody else's keyframes make a file of parameter sets; those without are not in the index, since a player that
 * jumps to one would miss them.
 */
export const REPEATED_SETS = { perS: 4, burst: 64 };
/** What timestamps are rounded to; two pictures are never in one place. */
const GRID_MS = { audio: 1, video: PICTURE_GRID_MS };

/**
 * Makes the bytes of one FLV file, append-only: what it returns is to be written in order, and `metadata` says what to
 * patch in place. Timestamps are milliseconds from the file's beginning, with fractions; they are rounded
 * here, never go backwards within a track, and no two pictures have the same.
 */
export class FlvMuxer {
  readonly #encoder: string;
  readonly #createdAtMs: number;
  readonly #codec: AudioCodec;
  readonly #channels: 1 | 2;
  readonly #sampleRate: number;
  readonly #keyframes = new KeyframeIndex();
  /** Where the next tag of each track may lie. */
  readonly #earliestMs = { audio: 0, video: 0 };
  #lastMs = 0;
  #bytes = 0;
  #audioBytes = 0;
  #videoBytes = 0;
  #pictures = 0;
  #endMs = 0;
  #lastKeyframeMs = 0;
  readonly #repeatedSets = new LeakyBucket(REPEATED_SETS);
  /** As they were announced last. */
  #sets: ParameterSets | undefined;
  #size = { width: 0, height: 0 };

  /** @param options.codec of its sound, AAC when left out */
  constructor(options: {
    encoder: string;
    createdAtMs: number;
    codec?: AudioCodec;
    channels: 1 | 2;
    sampleRate: number;
  }) {
    this.#encoder = options.encoder;
    this.#createdAtMs = options.createdAtMs;
    this.#codec = options.codec ?? 'aac';
    this.#channels = options.channels;
    this.#sampleRate = options.sampleRate;
  }

  /** From the first tag to the end of the last audio frame or picture. */
  get durationMs(): number {
    return this.#endMs;
  }

  /** The beginning of the file: header, metadata with room for the index, configuration of the sound. */
  begin(): Buffer {
    const beginning = Buffer.concat([
      FLV_HEADER,
      this.metadata().bytes,
      ...encodeTag(TAG_TYPE.audio, 0, [encodeSoundConfig(this.#codec, this.#channels)]),
    ]);
    this.#bytes = beginning.length;
    return beginning;
  }

  /**
   * An access unit, all its slices in one tag. Before a keyframe, and wherever the parameter sets change, stands a
   * sequence header, and the sets are repeated in band: a player that jumps there may come from a part of another
   * resolution, and goes by either the one or the other.
   */
  video(unit: ParameterSets & { nals: readonly Buffer[]; keyframe: boolean }, timestampMs: number): Buffer[] {
    const opening = this.#sets ? [] : this.#open(unit, timestampMs);
    const ms = this.#advance('video', timestampMs);
    const announced = !isSame(this.#sets, unit) || (unit.keyframe && this.#repeatedSets.take(1, ms));
    if (unit.keyframe) {
      // A player that seeks here must meet the sequence header first.
      if (announced) this.#keyframes.add(ms, this.#bytes);
      this.#lastKeyframeMs = ms;
    }
    const configuration = announced ? this.#configure(unit, ms) : [];
    const nals = announced ? [unit.sps, unit.pps, ...(unit.otherPps ?? []), ...unit.nals] : unit.nals;
    const tag = this.#tag(TAG_TYPE.video, ms, encodeAvcNalus(unit.keyframe, nals));
    this.#pictures += 1;
    this.#endMs = Math.max(this.#endMs, ms);
    return [...opening, ...configuration, ...tag];
  }

  /** One raw frame of AAC, or one packet of Opus. */
  audio(frame: Buffer, timestampMs: number): Buffer[] {
    const ms = this.#advance('audio', timestampMs);
    this.#endMs = Math.max(this.#endMs, Math.round(ms + FRAME_MS[this.#codec]));
    return this.#count(TAG_TYPE.audio, [
      encodeSmallTag(TAG_TYPE.audio, ms, [SOUND_PREFIX[this.#codec], frame]),
    ]);
  }

  /**
   * What is known of the file by now, the keyframe index included: to be overwritten in place, when it is complete and,
   * for whoever watches it already, meanwhile. Never before the bytes that it speaks of.
   */
  metadata(): Patch {
    const bytes = encodeMetadataTag(
      {
        encoder: this.#encoder,
        createdAtMs: this.#createdAtMs,
        codec: this.#codec,
        channels: this.#channels,
        sampleRate: this.#sampleRate,
        durationMs: this.#endMs,
        fileBytes: this.#bytes,
        width: this.#size.width,
        height: this.#size.height,
        audioBytes: this.#audioBytes,
        videoBytes: this.#videoBytes,
        pictures: this.#pictures,
        lastTimestampMs: this.#lastMs,
        lastKeyframeTimestampMs: this.#lastKeyframeMs,
      },
      this.#keyframes,
    );
    return { offset: FLV_HEADER.length, bytes };
  }

  /**
   * The first sequence header, just before the first picture but not before what is written already, with an entry of
   * its own in the index: mpegts.js and flv.js take the first entry for it and skip it, and would find the first
   * keyframe nowhere.
   */
  #open(sets: ParameterSets, timestampMs: number): Buffer[] {
    const { height, width } = parseSps(sets.sps);
    this.#size = { width, height };
    const ms = Math.max(this.#lastMs, roundTo(PICTURE_GRID_MS, timestampMs) - PICTURE_GRID_MS);
    this.#earliestMs.video = (Math.floor(ms / PICTURE_GRID_MS) + 1) * PICTURE_GRID_MS;
    this.#lastMs = ms;
    this.#keyframes.add(ms, this.#bytes);
    return this.#configure(sets, ms);
  }

  #configure({ otherPps, pps, sps }: ParameterSets, ms: number): Buffer[] {
    this.#sets = { sps, pps, ...(otherPps && { otherPps }) };
    return this.#tag(TAG_TYPE.video, ms, [encodeAvcConfig(sps, pps)]);
  }

  #tag(type: TagType, timestampMs: number, data: Buffer[]): Buffer[] {
    return this.#count(type, encodeTag(type, timestampMs, data));
  }

  #count(type: TagType, chunks: Buffer[]): Buffer[] {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#bytes += bytes;
    if (type === TAG_TYPE.audio) this.#audioBytes += bytes;
    else this.#videoBytes += bytes;
    return chunks;
  }

  #advance(track: 'audio' | 'video', timestampMs: number): number {
    const rounded = roundTo(GRID_MS[track], timestampMs);
    const ms = Math.min(MAX_TIMESTAMP_MS, Math.max(this.#earliestMs[track], rounded));
    this.#earliestMs[track] = ms + (track === 'video' ? PICTURE_GRID_MS : 0);
    this.#lastMs = Math.max(this.#lastMs, ms);
    return ms;
  }
}

/** Those that a picture is without stay as they were announced; they are compared where it has them, at keyframes. */
function isSame(announced: ParameterSets | undefined, unit: ParameterSets & { keyframe: boolean }): boolean {
  if (!announced?.sps.equals(unit.sps) || !announced.pps.equals(unit.pps)) return false;
  if (!unit.keyframe) return true;
  const [before, now] = [announced.otherPps ?? [], unit.otherPps ?? []];
  return now.length === before.length && now.every((set, index) => before[index]?.equals(set));
}

function roundTo(gridMs: number, ms: number): number {
  return Math.round(ms / gridMs) * gridMs;
}
