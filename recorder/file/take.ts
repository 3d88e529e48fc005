import type { GapCause } from '#protocol/manifest.ts';
import type { FileSource, Kind } from '#protocol/people.ts';
import type { AacFrame, AudioGap, AudioTranscoder } from '../audio/audio-transcoder.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import { parseSps } from '../depacketize/sps.ts';
import type { Patch } from '../flv/flv-muxer.ts';
import { GapLog } from './gap-log.ts';
import { Gathering } from './gathering.ts';
import { IntervalLog } from './interval-log.ts';
import { type PictureTrack, SLATE_REPEAT_MS } from './picture-track.ts';
import { IDLE_LATENESS_MS, SoundLateness } from './sound-lateness.ts';
import type { TagStream } from './tag-stream.ts';
import { describeTake, type TakeDescription } from './take-description.ts';

/** A camera that has shown nothing for this long gets the slate: a frozen face would pretend that there is a picture. */
export const STALL_SLATE_MS = 5000;
/** A picture that is due may come this late: behind a hole that is waited for (RtpReceiver, REPAIR_WINDOW_MS). */
export const PICTURE_LATENESS_MS = 1750;
/** Pauses longer than these are gaps. A screen that does not change sends nothing, and nothing is missing. */
export const GAP_MS = { audio: 100, camera: 1000, screen: Number.POSITIVE_INFINITY } as const;

const SAMPLES_PER_MS = 48;
/** Slates are made up for as far back as this: a process that slept for a day fills no disk with them. */
const CATCH_UP_MS = 60_000;
/** Nearer to the last slate another one tells nothing new, and ffmpeg, which guesses a rate from so few, complains. */
const LAST_SLATE_DISTANCE_MS = 1000;

/** Where a take's bytes go. */
export interface TakeOutput {
  /** The take begins: its first tag is of this instant on the SFU's clock. */
  begin(originMs: number): void;
  /** To be appended, in order, and copied at once: the memory is used again. */
  write(chunks: Buffer[]): void;
}

export type OpenAudio = (
  channels: 1 | 2,
  onFrames: (frames: AacFrame[]) => void,
  onGap: (gap: AudioGap) => void,
) => AudioTranscoder;

type State = 'gathering' | 'writing' | 'finishing' | 'finished';

/**
 * One file's media: a person's camera with microphone, or screen with its sound, from the first tag to the last with
 * both tracks [D7]: where there is no sound there is silence, where there is no picture there is a slate.
 * All instants are epoch milliseconds on the SFU's clock.
 */
export class Take {
  readonly #source: FileSource;
  readonly #onBegin: TakeOutput['begin'];
  readonly #sound: AudioTranscoder;
  readonly #pictures: PictureTrack;
  readonly #tags: TagStream;
  readonly #live: Record<Kind, boolean> = { audio: false, video: false };
  /** Not live, by nobody's wish. */
  readonly #silenced: Record<Kind, boolean> = { audio: false, video: false };
  readonly #off: Record<Kind, IntervalLog> = { audio: new IntervalLog(), video: new IntervalLog() };
  readonly #gaps: Record<Kind, GapLog>;
  #state: State = 'gathering';
  #gathering = new Gathering();
  #originMs = 0;
  /** When it ended: nothing that the manifest says of it is later. */
  #endedMs = Number.POSITIVE_INFINITY;
  readonly #lateness = new SoundLateness();
  /** Up to here silence has taken the place of sound that did not come. */
  #silentToMs = 0;
  #congested = false;
  #leftOut = 0;

  /** @param options.nowMs the SFU's clock, as everything here; the rest are its stages, put together (pipeline.ts) */
  constructor(options: {
    source: FileSource;
    nowMs: number;
    begin: TakeOutput['begin'];
    sound: AudioTranscoder;
    pictures: PictureTrack;
    tags: TagStream;
  }) {
    const { nowMs, source } = options;
    this.#source = source;
    this.#onBegin = options.begin;
    this.#sound = options.sound;
    this.#pictures = options.pictures;
    this.#tags = options.tags;
    this.#gaps = {
      audio: new GapLog(GAP_MS.audio, 'starting'),
      video: new GapLog(GAP_MS[source], 'keyframe'),
    };
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
    return this.#tags.durationMs;
  }

  /** Pictures that were left out because the disk did not keep up. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** So much sound that was due is not made yet, or is silence because nobody makes it. */
  get soundBehindMs(): number {
    const isDue = this.#state === 'writing' && this.#live.audio;
    return isDue ? this.#sound.behindSamples / SAMPLES_PER_MS : 0;
  }

  /** True while pictures cannot be shown without a keyframe, and when the last one is too old to seek by. */
  get needsKeyframe(): boolean {
    if (!this.#live.video || this.#congested) return false;
    if (this.#state === 'gathering') return this.#gathering.pictures.length === 0;
    return this.#pictures.needsKeyframe;
  }

  /** Something has come of the media that are due, if only of use later. @param atMs on the SFU's clock */
  arrived(atMs: number): void {
    this.#gathering.arrived(atMs);
  }

  /**
   * Unmuted, or camera on: media of this kind are expected from now on.
   * @param silenced they are not, and nobody chose that: what is missing is a gap
   */
  setLive(kind: Kind, live: boolean, atMs: number, silenced = false): void {
    const wasLive = this.#live[kind];
    if (wasLive === live && this.#silenced[kind] === silenced) return;
    this.#live[kind] = live;
    this.#silenced[kind] = silenced;
    if (live || silenced) {
      // Before the file begins there is nothing in it that could be muted.
      if (this.#state === 'gathering') this.#off[kind] = new IntervalLog();
      else this.#off[kind].close(atMs);
      this.#gaps[kind].expect(atMs);
      if (silenced) this.#gaps[kind].interrupt('system-muted', atMs);
    } else {
      this.#off[kind].open(atMs);
      this.#gaps[kind].rest(atMs);
    }
    if (wasLive && !live) this.#rest(kind, atMs);
  }

  /** Silence or the slate takes its place at once: nothing of it is on its way. */
  #rest(kind: Kind, atMs: number): void {
    if (kind === 'audio') this.#lateness.isIdle = true;
    else if (this.#state === 'writing') this.#pictures.slateFrom(atMs - this.#originMs);
    else this.#gathering.dropPictures();
  }

  /** The disk does not keep up: pictures are left out until it does, and from there to the next keyframe. */
  setCongested(congested: boolean): void {
    this.#congested = congested;
  }

  /** What a gap of this kind that is open now, or opens next, comes from. */
  blame(kind: Kind, cause: GapCause): void {
    this.#gaps[kind].blame(cause);
  }

  /** Pictures from this capture on are missing, up to the next one that is pushed. */
  interruptVideo(cause: GapCause, fromCaptureMs: number): void {
    this.#gaps.video.interrupt(cause, fromCaptureMs);
  }

  /** What the maker of the sound could not make is silence. */
  soundIsMissing({ cause, fromSample, toSample }: AudioGap): void {
    const fromMs = this.#originMs + fromSample / SAMPLES_PER_MS;
    const toMs = this.#originMs + toSample / SAMPLES_PER_MS;
    this.#gaps.audio.note({ fromMs, toMs, cause });
  }

  /** @param captureMs when the packet's first sample was captured */
  pushAudio(item: OpusItem, captureMs: number): void {
    const endMs = captureMs + item.durationTicks / SAMPLES_PER_MS;
    this.#lateness.came(endMs);
    if (this.#live.audio) {
      if (item.dtx) this.#gaps.audio.rest(captureMs);
      else if (endMs <= this.#silentToMs) this.#gaps.audio.blame('late');
      else this.#gaps.audio.media(captureMs, endMs);
    }
    if (this.#state === 'gathering') this.#gathering.addSound(item, captureMs);
    else if (this.#state === 'writing') this.#transcode(item, captureMs);
  }

  /** @param captureMs when the picture was captured */
  pushVideo(unit: AccessUnit, captureMs: number): void {
    this.#lateness.came(captureMs);
    if (!this.#live.video) return;
    if (this.#state === 'writing') this.#showUnit(unit, captureMs);
    else if (this.#state === 'gathering' && this.#gathering.addPicture(unit, captureMs))
      this.#begin(captureMs);
  }

  /**
   * Begins a file whose keyframe does not come, fills with silence and slate, up to what is `held` elsewhere.
   * @param presentMs until when their person was there: nothing takes the place of what would have come later
   */
  tick(nowMs: number, held: Partial<Record<Kind, number>> = {}, presentMs = nowMs): void {
    if (this.#state === 'gathering' && this.#gathering.isOver(nowMs, this.#live)) this.#begin(nowMs);
    if (this.#state !== 'writing') return;
    const { audio = presentMs, video = presentMs } = held;
    this.#silentToMs = Math.max(this.#silentToMs, Math.min(this.#lateness.missingBefore(presentMs), audio));
    const audioMs = this.#silentToMs - this.#originMs;
    if (audioMs > 0) this.#sound.advance(Math.floor(audioMs * SAMPLES_PER_MS));
    const pictureLatenessMs = this.#live.video ? PICTURE_LATENESS_MS : IDLE_LATENESS_MS;
    const videoMs = Math.min(presentMs - pictureLatenessMs, video) - this.#originMs;
    this.#slateUpTo(videoMs);
    if (this.#pictures.slateMs !== undefined) this.#tags.noPictureBefore(videoMs);
    this.#tags.drain();
  }

  /**
   * Ends the take at this instant. Answers what is to be patched in place, or undefined when nothing was ever written.
   */
  async finish(nowMs: number): Promise<Patch | undefined> {
    if (this.#state === 'finishing' || this.#state === 'finished') return undefined;
    this.#endedMs = nowMs;
    if (this.#state === 'gathering') {
      if (this.#gathering.isEmpty) {
        this.#state = 'finished';
        this.#sound.close();
        return undefined;
      }
      this.#begin(nowMs);
    }
    const endMs = Math.max(nowMs - this.#originMs, this.#pictures.lastMs, 0);
    // No picture is on its way any more.
    this.#slateUpTo(endMs);
    const { slateMs } = this.#pictures;
    if (slateMs !== undefined && endMs - slateMs >= LAST_SLATE_DISTANCE_MS) this.#pictures.showSlate(endMs);
    this.#state = 'finishing';
    await this.#sound.finish(Math.ceil(endMs * SAMPLES_PER_MS));
    this.#state = 'finished';
    this.#sound.close();
    return this.#tags.finish();
  }

  /** What `finish` still waits for is silence, at once. */
  giveUp(): void {
    this.#sound.giveUp();
  }

  /** What is known of the file by now, to be patched in place; undefined when nothing is being written. */
  metadata(): Patch | undefined {
    return this.#state === 'writing' ? this.#tags.metadata() : undefined;
  }

  /** Ends the take without a word: nothing more is made of it. */
  abandon(): void {
    this.#state = 'finished';
    this.#tags.abandon();
    this.#sound.close();
  }

  /** What the manifest says about the content, at this instant. */
  describe(nowMs: number, startedAtMs: number): TakeDescription {
    const untilMs = Math.min(nowMs, this.#endedMs);
    return describeTake({
      originMs: this.originMs ?? nowMs,
      startedAtMs,
      durationMs: this.durationMs,
      channels: channelsOf(this.#source),
      resolutions: this.#pictures.resolutions,
      muted: this.#off.audio.until(untilMs),
      cameraOff: this.#off.video.until(untilMs),
      gaps: { audio: this.#gaps.audio.until(untilMs), video: this.#gaps.video.until(untilMs) },
    });
  }

  /** The file's zero is the earliest of what was gathered; `nowMs` when there is nothing. */
  #begin(nowMs: number): void {
    const { firstMs, pictures, sounds } = this.#gathering;
    this.#gathering = new Gathering();
    this.#originMs = firstMs ?? nowMs;
    this.#state = 'writing';
    this.#onBegin(this.#originMs);
    this.#tags.begin();
    const [first] = pictures;
    const firstVideoMs = first ? first.captureMs - this.#originMs : Number.POSITIVE_INFINITY;
    if (firstVideoMs > IDLE_LATENESS_MS) this.#pictures.showSlate(0, first && parseSps(first.unit.sps));
    for (const { item, captureMs } of sounds) this.#transcode(item, captureMs);
    for (const { unit, captureMs } of pictures) this.#showUnit(unit, captureMs);
  }

  #transcode(item: OpusItem, captureMs: number): void {
    this.#lateness.isIdle = item.dtx;
    if (item.dtx) return;
    this.#sound.push({
      positionSamples: (captureMs - this.#originMs) * SAMPLES_PER_MS,
      payload: item.payload,
      lostSamples: item.lostTicks,
    });
  }

  #showUnit(unit: AccessUnit, captureMs: number): void {
    if (this.#congested || this.#pictures.isCrowded(captureMs - this.#originMs)) {
      this.#leftOut += 1;
      this.#pictures.leaveOut();
      if (this.#congested) this.#gaps.video.blame('disk-slow');
      return;
    }
    // Of a file that was held, or of a process that did not run: a face does not stand still over it.
    this.#slateUpTo(captureMs - PICTURE_LATENESS_MS - this.#originMs);
    const before = this.#pictures.lastMs;
    this.#pictures.show(unit, captureMs - this.#originMs);
    if (this.#pictures.lastMs > before) this.#gaps.video.media(captureMs);
  }

  /** Where no picture comes the slate does, and is repeated. @param videoMs no picture of before will come any more */
  #slateUpTo(videoMs: number): void {
    if (this.#congested) return;
    for (let dueMs = this.#slateDueMs; dueMs <= videoMs; dueMs = this.#slateDueMs)
      this.#pictures.showSlate(Math.max(dueMs, videoMs - CATCH_UP_MS));
  }

  get #slateDueMs(): number {
    const { lastMs, slateMs } = this.#pictures;
    if (slateMs !== undefined) return slateMs + SLATE_REPEAT_MS;
    return this.#live.video && this.#source === 'camera' ? lastMs + STALL_SLATE_MS : Number.POSITIVE_INFINITY;
  }
}

/** Microphones are mono [D3]; the sound of a screen is music and films. */
export function channelsOf(source: FileSource): 1 | 2 {
  return source === 'camera' ? 1 : 2;
}
