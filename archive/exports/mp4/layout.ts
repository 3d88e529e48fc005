import { Malformed } from '#recorder/bytes/malformed.ts';
import { FRAME_SAMPLES } from '#recorder/flv/audio-data.ts';
import { isParameterSet, type Media, type SoundSettings } from './flv-media.ts';
import {
  DATA_HEADER_BYTES,
  dataHeader,
  FILE_TYPE,
  MOVIE_TIMESCALE,
  type MovieTrack,
  movieBox,
  sizeOf,
} from './movie.ts';
import { Descriptions } from './parameter-sets.ts';
import { pictureEntry, sampleRateOf, soundEntry } from './sample-entries.ts';
import { type Sample, SampleTable } from './sample-table.ts';

/** Sound within so much of the end of the frame before continues it: FLV rounds to milliseconds. */
const SEAM_MS = 2;
/** A picture that nothing follows is shown so long. */
const LAST_PICTURE_MS = 40;
/** 80 ms (Encapsulation of Opus in ISO Base Media File Format §4.3.6.2). */
const OPUS_PRE_ROLL = 4;
/** What says how long a NAL unit is. */
const LENGTH_BYTES = 4;

type Kind = MovieTrack['kind'];

export interface LayoutOptions {
  wanted: readonly Kind[];
  /** Whether parameter sets stay in band as well, or stand in the descriptions alone. */
  inBand: boolean;
}

/** How the MP4 of an FLV will lie: taken medium by medium, it tells what stands before the media. */
export class Layout {
  readonly #options: LayoutOptions;
  readonly #tables = { pictures: new SampleTable(), sound: new SampleTable() };
  readonly #descriptions = new Descriptions();
  /** Whose the chunks are, in the order in which they lie. */
  readonly #chunks: Kind[] = [];
  #settings: SoundSettings | undefined;
  #firstMs: number | undefined;
  #before: Kind | undefined;
  #dataBytes = 0;

  constructor(options: LayoutOptions) {
    this.#options = options;
  }

  /**
   * Whether players need the parameter sets in band: some change between keyframes, where no description can begin, or there are
   * several descriptions. Chromium 156 goes by the first of them alone.
   */
  get needsInBand(): boolean {
    return !this.#descriptions.areWhole || this.#descriptions.all.length > 1;
  }

  /** @throws Malformed for what cannot be told in an MP4 */
  take(media: Media): void {
    if (media.type === 'sound-settings') this.#settings ??= media;
    else if (this.#options.wanted.includes(media.type)) {
      this.#firstMs ??= media.atMs;
      if (media.type === 'sound') this.#takeSound(media.frame, media.atMs - this.#firstMs);
      else this.#takePicture(media, media.atMs - this.#firstMs);
    }
  }

  /** The bytes of a medium as they lie in the file. */
  bytesOf(media: Media): readonly Buffer[] {
    if (media.type === 'sound-settings' || !this.#options.wanted.includes(media.type)) return [];
    if (media.type === 'sound') return [media.frame];
    return this.#nalsOf(media.nals).flatMap((nal) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    });
  }

  /** All that stands before the media. @throws Malformed without any */
  head(): Buffer {
    this.#end();
    // An offset takes its room whatever it is: how long the index is does not depend on where the media begin.
    const beginning = FILE_TYPE.length + movieBox(this.#tracks(0)).length + DATA_HEADER_BYTES;
    return Buffer.concat([FILE_TYPE, movieBox(this.#tracks(beginning)), dataHeader(this.#dataBytes)]);
  }

  #takeSound(frame: Buffer, atMs: number): void {
    if (!this.#settings) throw new Malformed('sound that nothing describes');
    const table = this.#tables.sound;
    const rate = sampleRateOf(this.#settings);
    const toldTicks = Math.round((atMs * rate) / 1000);
    const dueTicks = table.endTicks + FRAME_SAMPLES[this.#settings.codec];
    const isSeamless = Math.abs(toldTicks - dueTicks) <= (SEAM_MS * rate) / 1000;
    const atTicks = table.count > 0 && isSeamless ? dueTicks : Math.max(toldTicks, table.endTicks);
    this.#add('sound', { atTicks, bytes: frame.length, isSync: true, description: 1 });
  }

  #takePicture(picture: Media & { type: 'pictures' }, atMs: number): void {
    const description = this.#descriptions.of(picture);
    const bytes = this.#nalsOf(picture.nals).reduce((sum, nal) => sum + LENGTH_BYTES + nal.length, 0);
    const atTicks = Math.max(atMs, this.#tables.pictures.endTicks);
    this.#add('pictures', { atTicks, bytes, isSync: picture.isKeyframe, description });
  }

  #add(kind: Kind, sample: Sample): void {
    this.#dataBytes += sample.bytes;
    const beganChunk = this.#tables[kind].add(sample, this.#before === kind);
    if (beganChunk) this.#chunks.push(kind);
    this.#before = kind;
  }

  #nalsOf(nals: readonly Buffer[]): readonly Buffer[] {
    return this.#options.inBand ? nals : nals.filter((nal) => !isParameterSet(nal));
  }

  #end(): void {
    const { pictures, sound } = this.#tables;
    if (this.#settings) sound.end(sound.endTicks + FRAME_SAMPLES[this.#settings.codec]);
    const soundEndMs = this.#settings ? (sound.endTicks * 1000) / sampleRateOf(this.#settings) : 0;
    pictures.end(Math.max(Math.round(soundEndMs), pictures.endTicks + LAST_PICTURE_MS));
  }

  /** @param beginning of the media in the file */
  #tracks(beginning: number): MovieTrack[] {
    const offsets = this.#offsets(beginning);
    const { pictures, sound } = this.#tables;
    const all = this.#descriptions.all;
    const format = this.#options.inBand ? 'avc3' : 'avc1';
    const tracks: MovieTrack[] = [];
    if (pictures.count > 0) {
      const entries = all.map((sets) => pictureEntry(format, sets));
      const size = sizeOf(all[0]?.sps[0]);
      tracks.push({
        kind: 'pictures',
        timescale: MOVIE_TIMESCALE,
        table: pictures,
        entries,
        size,
        preRoll: 0,
        offsets: offsets.pictures,
      });
    }
    if (sound.count > 0 && this.#settings) {
      const entries = [soundEntry(this.#settings)];
      const timescale = sampleRateOf(this.#settings);
      tracks.push({
        kind: 'sound',
        timescale,
        table: sound,
        entries,
        size: { width: 0, height: 0 },
        preRoll: this.#settings.codec === 'opus' ? OPUS_PRE_ROLL : 0,
        offsets: offsets.sound,
      });
    }
    if (tracks.length === 0) throw new Malformed('a file without media');
    return tracks;
  }

  #offsets(beginning: number): Record<Kind, number[]> {
    const offsets: Record<Kind, number[]> = { pictures: [], sound: [] };
    const bytes = { pictures: this.#tables.pictures.chunkBytes(), sound: this.#tables.sound.chunkBytes() };
    let at = beginning;
    for (const kind of this.#chunks) {
      offsets[kind].push(at);
      at += bytes[kind].next().value ?? 0;
    }
    return offsets;
  }
}
