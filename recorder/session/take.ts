import type { ManifestFile } from '../../protocol/manifest.ts';
import type { FileSource, Kind } from '../../protocol/people.ts';
import type { AacFrame, AudioTranscoder } from '../audio/audio-transcoder.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import { parseSps } from '../depacketize/sps.ts';
import { FlvMuxer, type Patch } from '../flv/flv-muxer.ts';
import { PICTURE_GRID_MS } from '../flv/metadata.ts';
import { makeCameraOffSlate } from '../slate/camera-off.ts';
import { Interleaver } from './interleaver.ts';
import { IntervalLog } from './interval-log.ts';

/** A file begins with what there is when its first keyframe has not come within this time. */
export const GATHER_MS = 1000;
/** The slate is repeated this often, so that players can seek into it. */
export const SLATE_REPEAT_MS = 5000;
/** Browsers send keyframes only when asked; a player seeks from one to the next. */
export const KEYFRAME_INTERVAL_MS = 10_000;
/** How long after its capture a sample may come when none is expected (mute, DTX), before silence takes its place. */
export const IDLE_LATENESS_MS = 250;
/** The same while packets are due: a stalled network may still bring them. */
export const EXPECTED_LATENESS_MS = 800;

const SAMPLES_PER_MS = 48;
const AAC_FRAME_SAMPLES = 1024;
/** Nearer to the last slate another one tells nothing new, and ffmpeg, which guesses a rate from so few, complains. */
const LAST_SLATE_DISTANCE_MS = 1000;
const DEFAULT_SLATE_SIZE = { width: 640, height: 360 };

/** Where a take's bytes go. */
export interface TakeOutput {
  /** The take begins: its first tag is of this instant on the SFU's clock. */
  begin(originMs: number): void;
  /** To be appended, in order. */
  write(chunks: Buffer[]): void;
}

type Tag = { type: 'audio'; frame: Buffer } | { type: 'video'; picture: Picture };
type Picture = Pick<AccessUnit, 'sps' | 'pps' | 'nals' | 'keyframe'>;
type State = 'gathering' | 'writing' | 'finishing' | 'finished';

interface Gathered {
  audio: { item: OpusItem; captureMs: number }[];
  video: { unit: AccessUnit; captureMs: number }[];
}

/**
 * One file's media: a person's camera with microphone, or screen with its sound, from the first tag to the last with
 * both tracks (design D7): where there is no sound there is silence, where there is no picture there is a slate.
 * All instants are epoch milliseconds on the SFU's clock.
 */
export class Take {
  readonly #source: FileSource;
  readonly #output: TakeOutput;
  readonly #audio: AudioTranscoder;
  readonly #muxer: FlvMuxer;
  readonly #tags = new Interleaver<Tag>();
  readonly #openedMs: number;
  readonly #live: Record<Kind, boolean> = { audio: false, video: false };
  readonly #off: Record<Kind, IntervalLog> = { audio: new IntervalLog(), video: new IntervalLog() };
  readonly #resolutions: ManifestFile['resolutions'] = [];
  #state: State = 'gathering';
  #gathered: Gathered = { audio: [], video: [] };
  #originMs = 0;
  #pictureSize: { width: number; height: number } | undefined;
  #sps: Buffer | undefined;
  #lastVideoMs = -PICTURE_GRID_MS;
  #lastKeyframeMs = 0;
  #slateMs: number | undefined;
  #slateIsOdd = false;
  #audioIdle = true;

  constructor(options: {
    source: FileSource;
    encoder: string;
    nowMs: number;
    output: TakeOutput;
    openAudio: (channels: 1 | 2, onFrames: (frames: AacFrame[]) => void) => AudioTranscoder;
  }) {
    const channels = options.source === 'camera' ? 1 : 2;
    this.#source = options.source;
    this.#output = options.output;
    this.#openedMs = options.nowMs;
    this.#audio = options.openAudio(channels, (frames) => this.#onFrames(frames));
    const { encoder, nowMs } = options;
    this.#muxer = new FlvMuxer({ encoder, createdAtMs: nowMs, channels, sampleRate: 48000 });
    this.#off.audio.open(nowMs);
    this.#off.video.open(nowMs);
  }

  get state(): State {
    return this.#state;
  }

  /** The first tag's instant; undefined until the take has begun. */
  get originMs(): number | undefined {
    return this.#state === 'gathering' ? undefined : this.#originMs;
  }

  get durationMs(): number {
    return this.#muxer.durationMs;
  }

  /** True while pictures cannot be shown without a keyframe, and when the last one is too old to seek by. */
  get needsKeyframe(): boolean {
    if (!this.#live.video) return false;
    if (this.#state === 'gathering') return this.#gathered.video.length === 0;
    return this.#slateMs !== undefined || this.#lastVideoMs - this.#lastKeyframeMs >= KEYFRAME_INTERVAL_MS;
  }

  /** Unmuted, or camera on: media of this kind are expected from now on. */
  setLive(kind: Kind, live: boolean, atMs: number): void {
    if (this.#live[kind] === live) return;
    this.#live[kind] = live;
    if (live) {
      this.#off[kind].close(atMs);
      return;
    }
    this.#off[kind].open(atMs);
    if (kind === 'audio') this.#audioIdle = true;
    else if (this.#state === 'writing') this.#showSlate(atMs - this.#originMs);
    else this.#gathered.video = [];
  }

  /** @param captureMs when the packet's first sample was captured */
  pushAudio(item: OpusItem, captureMs: number): void {
    if (this.#state === 'gathering') this.#gathered.audio.push({ item, captureMs });
    else if (this.#state === 'writing') this.#transcode(item, captureMs);
  }

  /** @param captureMs when the picture was captured */
  pushVideo(unit: AccessUnit, captureMs: number): void {
    if (!this.#live.video) return;
    if (this.#state === 'writing') this.#showUnit(unit, captureMs);
    else if (this.#state === 'gathering' && (unit.keyframe || this.#gathered.video.length > 0)) {
      this.#gathered.video.push({ unit, captureMs });
      this.#begin(captureMs);
    }
  }

  /** Lets time pass: begins a file whose keyframe does not come, fills with silence and slate. */
  tick(nowMs: number): void {
    if (this.#state === 'gathering') {
      const onlyAudio = this.#gathered.audio.length > 0 && !this.#live.video;
      if (onlyAudio || nowMs - this.#openedMs >= GATHER_MS) this.#begin(nowMs);
    }
    if (this.#state !== 'writing') return;
    const latenessMs = this.#audioIdle ? IDLE_LATENESS_MS : EXPECTED_LATENESS_MS;
    const audioMs = nowMs - latenessMs - this.#originMs;
    if (audioMs > 0) this.#audio.advance(Math.floor(audioMs * SAMPLES_PER_MS));
    if (this.#slateMs !== undefined) {
      const videoMs = nowMs - IDLE_LATENESS_MS - this.#originMs;
      if (videoMs - this.#slateMs >= SLATE_REPEAT_MS) this.#showSlate(videoMs);
      this.#tags.progress('video', videoMs);
    }
    this.#drain();
  }

  /**
   * Ends the take at this instant. Answers what is to be patched in place, or undefined when nothing was ever written.
   */
  async finish(nowMs: number): Promise<{ patches: Patch[] } | undefined> {
    if (this.#state === 'finishing' || this.#state === 'finished') return undefined;
    if (this.#state === 'gathering') {
      if (this.#gathered.audio.length === 0 && this.#gathered.video.length === 0) {
        this.#state = 'finished';
        this.#audio.close();
        return undefined;
      }
      this.#begin(nowMs);
    }
    const endMs = Math.max(nowMs - this.#originMs, this.#lastVideoMs, 0);
    if (this.#slateMs !== undefined && endMs - this.#slateMs >= LAST_SLATE_DISTANCE_MS)
      this.#showSlate(endMs);
    this.#state = 'finishing';
    await this.#audio.finish(Math.ceil(endMs * SAMPLES_PER_MS));
    this.#state = 'finished';
    this.#write(this.#tags.flush());
    this.#audio.close();
    return this.#muxer.finish();
  }

  /** Ends the take without a word: nothing more is made of it. */
  abandon(): void {
    this.#state = 'finished';
    this.#audio.close();
  }

  /** What the manifest says about the content, at this instant. */
  describe(nowMs: number, startedAtMs: number): TakeDescription {
    const offsetMs = (this.originMs ?? nowMs) - startedAtMs;
    const within = (log: IntervalLog) =>
      log
        .until(nowMs)
        .map(({ fromMs, toMs }) => ({
          fromMs: Math.max(fromMs - startedAtMs, offsetMs),
          toMs: toMs - startedAtMs,
        }))
        .filter(({ fromMs, toMs }) => toMs > fromMs);
    return {
      startOffsetMs: offsetMs,
      durationMs: this.#muxer.durationMs,
      audio: { codec: 'aac', sampleRate: 48000, channels: this.#source === 'camera' ? 1 : 2 },
      video: { codec: 'h264' },
      resolutions: this.#resolutions.map((picture) => ({ ...picture, atMs: picture.atMs + offsetMs })),
      muted: within(this.#off.audio),
      cameraOff: within(this.#off.video),
    };
  }

  /** The file's zero is the earliest of what was gathered; `nowMs` when there is nothing. */
  #begin(nowMs: number): void {
    const { audio, video } = this.#gathered;
    this.#gathered = { audio: [], video: [] };
    this.#originMs = Math.min(audio[0]?.captureMs ?? nowMs, video[0]?.captureMs ?? nowMs);
    this.#state = 'writing';
    this.#output.begin(this.#originMs);
    this.#output.write([this.#muxer.begin()]);
    const [first] = video;
    const firstVideoMs = first ? first.captureMs - this.#originMs : Number.POSITIVE_INFINITY;
    if (firstVideoMs > IDLE_LATENESS_MS) this.#showSlate(0, first && parseSps(first.unit.sps));
    for (const { item, captureMs } of audio) this.#transcode(item, captureMs);
    for (const { unit, captureMs } of video) this.#showUnit(unit, captureMs);
  }

  #transcode(item: OpusItem, captureMs: number): void {
    this.#audioIdle = item.dtx;
    if (item.dtx) return;
    this.#audio.push({
      positionSamples: (captureMs - this.#originMs) * SAMPLES_PER_MS,
      payload: item.payload,
    });
  }

  #showUnit(unit: AccessUnit, captureMs: number): void {
    if (this.#slateMs !== undefined && !unit.keyframe) return;
    this.#slateMs = undefined;
    this.#noteSize(unit, captureMs - this.#originMs);
    this.#show(unit, captureMs - this.#originMs);
  }

  #showSlate(atMs: number, size = this.#pictureSize ?? DEFAULT_SLATE_SIZE): void {
    this.#slateIsOdd = !this.#slateIsOdd;
    this.#show(slateOf(size, this.#slateIsOdd), atMs);
    this.#slateMs = this.#lastVideoMs;
    // What comes after the slate refers to pictures that the decoder no longer has.
    this.#sps = undefined;
  }

  /**
   * Pictures keep their order: one that would come at or before the last one follows it closely. They are put on their
   * grid here already, since it is their final time that decides where they stand among the sound.
   */
  #show(picture: Picture, atMs: number): void {
    const onGridMs = Math.round(atMs / PICTURE_GRID_MS) * PICTURE_GRID_MS;
    this.#lastVideoMs = Math.max(onGridMs, this.#lastVideoMs + PICTURE_GRID_MS);
    if (picture.keyframe) this.#lastKeyframeMs = this.#lastVideoMs;
    this.#tags.push('video', this.#lastVideoMs, { type: 'video', picture });
    this.#drain();
  }

  #noteSize(unit: AccessUnit, atMs: number): void {
    if (this.#sps?.equals(unit.sps)) return;
    this.#sps = unit.sps;
    const { width, height } = parseSps(unit.sps);
    if (this.#pictureSize?.width === width && this.#pictureSize.height === height) return;
    this.#pictureSize = { width, height };
    this.#resolutions.push({ atMs, width, height });
  }

  #onFrames(frames: AacFrame[]): void {
    for (const { index, data } of frames) {
      const timestampMs = (index * AAC_FRAME_SAMPLES) / SAMPLES_PER_MS;
      this.#tags.push('audio', timestampMs, { type: 'audio', frame: data });
    }
    this.#drain();
  }

  #drain(): void {
    if (this.#state === 'writing' || this.#state === 'finishing') this.#write(this.#tags.take());
  }

  #write(tags: { timestampMs: number; item: Tag }[]): void {
    const chunks: Buffer[] = [];
    for (const { timestampMs, item } of tags) {
      if (item.type === 'audio') chunks.push(...this.#muxer.audio(item.frame, timestampMs));
      else chunks.push(...this.#muxer.video(item.picture, timestampMs));
    }
    if (chunks.length > 0) this.#output.write(chunks);
  }
}

/** The part of a manifest's file entry that the media determine. */
export type TakeDescription = Pick<
  ManifestFile,
  'startOffsetMs' | 'durationMs' | 'audio' | 'video' | 'resolutions' | 'muted' | 'cameraOff'
>;

const slates = new Map<string, readonly [Picture, Picture]>();

/** People share a few sizes; slates are made once for each. Two in a row differ in their idr_pic_id. */
function slateOf(size: { width: number; height: number }, odd: boolean): Picture {
  const key = `${size.width}x${size.height}`;
  const pair = slates.get(key) ?? [makeCameraOffSlate(size, 0), makeCameraOffSlate(size, 1)];
  slates.set(key, pair);
  return pair[odd ? 1 : 0];
}
