import type { GapCause, ManifestFile } from '#protocol/manifest.ts';
import type { AudioCodec, FileSource, Kind } from '#protocol/people.ts';
import {
  type AudioGap,
  type AudioTranscoder,
  SAMPLE_RATE,
  type SoundFrame,
} from '../audio/audio-transcoder.ts';
import type { AccessUnit } from '../depacketize/h264.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import { parseSps } from '../depacketize/sps.ts';
import type { Patch } from '../flv/flv-muxer.ts';
import { Gathering } from './gathering.ts';
import type { LossLog } from './loss-log.ts';
import type { PictureTrack } from './picture-track.ts';
import { IDLE_LATENESS_MS, SoundTrack } from './sound-track.ts';
import type { TagStream } from './tag-stream.ts';
import { TakeLog } from './take-log.ts';

/** A picture that is due may come this late: behind a hole that is waited for (RtpReceiver, REPAIR_WINDOW_MS). */
export const PICTURE_LATENESS_MS = 1750;

const SAMPLES_PER_MS = SAMPLE_RATE / 1000;
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
  onFrames: (frames: SoundFrame[]) => void,
  onGap: (gap: AudioGap) => void,
) => AudioTranscoder;

/** How far it is. Its first tag is of `originMs`; nothing that the manifest says of it is later than its end. */
type State =
  | { is: 'gathering'; gathered: Gathering }
  | { is: 'writing'; originMs: number }
  | { is: 'finishing'; originMs: number; endedMs: number }
  | { is: 'finished'; originMs: number | undefined; endedMs: number };

/**
 * One file's media: a person's camera with microphone, or screen with its sound, from the first tag to the last with
 * both tracks [D7]: where there is no sound there is silence, where there is no picture there is a slate.
 * All instants are epoch milliseconds on the SFU's clock.
 */
export class Take {
  readonly #source: FileSource;
  readonly #onBegin: TakeOutput['begin'];
  readonly #sound: SoundTrack;
  readonly #pictures: PictureTrack;
  readonly #tags: TagStream;
  readonly #log: TakeLog;
  #state: State = { is: 'gathering', gathered: new Gathering() };
  #congested = false;
  #leftOut = 0;

  /** @param options.nowMs the SFU's clock, as everything here; the rest are its stages, put together (pipeline.ts) */
  constructor(options: {
    source: FileSource;
    codec: AudioCodec;
    nowMs: number;
    begin: TakeOutput['begin'];
    sound: AudioTranscoder;
    pictures: PictureTrack;
    tags: TagStream;
  }) {
    const { nowMs, source } = options;
    this.#source = source;
    this.#onBegin = options.begin;
    this.#sound = new SoundTrack(options.sound, options.codec);
    this.#pictures = options.pictures;
    this.#tags = options.tags;
    this.#log = new TakeLog(source, nowMs);
  }

  get state(): State['is'] {
    return this.#state.is;
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
    return this.#state.is === 'writing' && this.#log.live.audio ? this.#sound.behindMs : 0;
  }

  /** True while pictures cannot be shown without a keyframe, and when the last one is too old to seek by. */
  get needsKeyframe(): boolean {
    if (!this.#log.live.video || this.#congested) return false;
    if (this.#state.is === 'gathering') return this.#state.gathered.pictures.length === 0;
    return this.#pictures.needsKeyframe;
  }

  /** Something has come of the media that are due, if only of use later. @param atMs on the SFU's clock */
  arrived(atMs: number): void {
    if (this.#state.is === 'gathering') this.#state.gathered.arrived(atMs);
  }

  /**
   * Unmuted, or camera on: media of this kind are expected from now on. What is no more is silence or the slate at once: nothing
   * of it is on its way.
   * @param silenced they are not, and nobody chose that: what is missing is a gap
   */
  setLive(kind: Kind, live: boolean, atMs: number, silenced = false): void {
    const state = this.#state;
    if (!this.#log.setLive(kind, live, atMs, silenced, state.is !== 'gathering')) return;
    if (kind === 'audio') this.#sound.rest();
    else if (state.is === 'writing') this.#pictures.slateFrom(atMs - state.originMs);
    else if (state.is === 'gathering') state.gathered.dropPictures();
  }

  /** The disk does not keep up: pictures are left out until it does, and from there to the next keyframe. */
  setCongested(congested: boolean): void {
    this.#congested = congested;
  }

  /** What a gap of this kind that is open now, or opens next, comes from. */
  blame(kind: Kind, cause: GapCause): void {
    this.#log.gaps[kind].blame(cause);
  }

  /** Packets were given up. */
  lost(loss: Parameters<LossLog['note']>[0]): void {
    this.#log.losses.note(loss);
    this.blame(loss.kind, 'lost');
  }

  /** Pictures from this capture on are missing, up to the next one that is pushed. */
  interruptVideo(cause: GapCause, fromCaptureMs: number): void {
    this.#log.gaps.video.interrupt(cause, fromCaptureMs);
  }

  /** What the maker of the sound could not make is silence. */
  soundIsMissing({ cause, fromSample, toSample }: AudioGap): void {
    const originMs = this.#originMs;
    // None is asked for before it begins.
    if (originMs === undefined) return;
    const [fromMs, toMs] = [originMs + fromSample / SAMPLES_PER_MS, originMs + toSample / SAMPLES_PER_MS];
    this.#log.gaps.audio.note({ fromMs, toMs, cause });
  }

  /** @param captureMs when the packet's first sample was captured */
  pushAudio(item: OpusItem, captureMs: number): void {
    const endMs = captureMs + item.durationTicks / SAMPLES_PER_MS;
    this.#sound.came(endMs);
    const { gaps, live } = this.#log;
    if (live.audio) {
      if (this.#sound.leavesOut(item))
        gaps.audio.interrupt('lost', captureMs - item.lostTicks / SAMPLES_PER_MS);
      if (item.dtx) gaps.audio.rest(captureMs);
      else if (this.#sound.isOver(endMs)) gaps.audio.blame('late');
      else gaps.audio.media(captureMs, endMs);
    }
    const state = this.#state;
    if (state.is === 'gathering') state.gathered.addSound(item, captureMs);
    else if (state.is === 'writing') this.#sound.push(item, captureMs, state.originMs);
  }

  /** @param captureMs when the picture was captured */
  pushVideo(unit: AccessUnit, captureMs: number): void {
    this.#sound.came(captureMs);
    if (!this.#log.live.video) return;
    const state = this.#state;
    if (state.is === 'writing') this.#showUnit(unit, captureMs, state.originMs);
    else if (state.is === 'gathering' && state.gathered.addPicture(unit, captureMs))
      this.#begin(state.gathered, captureMs);
  }

  /**
   * Begins a file whose keyframe does not come, fills with silence and slate, up to what is `held` elsewhere.
   * @param presentMs until when their person was there: nothing takes the place of what would have come later
   */
  tick(nowMs: number, held: Partial<Record<Kind, number>> = {}, presentMs = nowMs): void {
    const { live } = this.#log;
    if (this.#state.is === 'gathering' && this.#state.gathered.isOver(nowMs, live))
      this.#begin(this.#state.gathered, nowMs);
    if (this.#state.is !== 'writing') return;
    const { originMs } = this.#state;
    const { audio = presentMs, video = presentMs } = held;
    this.#sound.silence(presentMs, audio, originMs);
    const pictureLatenessMs = live.video ? PICTURE_LATENESS_MS : IDLE_LATENESS_MS;
    const videoMs = Math.min(presentMs - pictureLatenessMs, video) - originMs;
    this.#slateUpTo(videoMs);
    if (this.#pictures.slateMs !== undefined) this.#tags.noPictureBefore(videoMs);
    this.#tags.drain();
  }

  /**
   * Ends the take at this instant. Answers what is to be patched in place, or undefined when nothing was ever written.
   */
  async finish(nowMs: number): Promise<Patch | undefined> {
    if (this.#state.is === 'gathering') {
      const { gathered } = this.#state;
      if (gathered.isEmpty) {
        this.#end(undefined, nowMs);
        return undefined;
      }
      this.#begin(gathered, nowMs);
    }
    if (this.#state.is !== 'writing') return undefined;
    const { originMs } = this.#state;
    this.#state = { is: 'finishing', originMs, endedMs: nowMs };
    const endMs = Math.max(nowMs - originMs, this.#pictures.lastMs, 0);
    // No picture is on its way any more.
    this.#slateUpTo(endMs);
    const { slateMs } = this.#pictures;
    if (slateMs !== undefined && endMs - slateMs >= LAST_SLATE_DISTANCE_MS) this.#pictures.showSlate(endMs);
    await this.#sound.finish(endMs);
    this.#end(originMs, nowMs);
    return this.#tags.finish();
  }

  /** What `finish` still waits for is silence, at once. */
  giveUp(): void {
    this.#sound.giveUp();
  }

  /** What is known of the file by now, to be patched in place; undefined when nothing is being written. */
  metadata(): Patch | undefined {
    return this.#state.is === 'writing' ? this.#tags.metadata() : undefined;
  }

  /** Ends the take without a word: nothing more is made of it. */
  abandon(): void {
    this.#tags.abandon();
    this.#end(this.#originMs, this.#endedMs);
  }

  /** What the manifest says about the content, at this instant. */
  describe(
    nowMs: number,
    startedAtMs: number,
  ): Pick<ManifestFile, 'durationMs' | 'audio' | 'resolutions' | 'muted' | 'cameraOff' | 'gaps' | 'losses'> {
    const originMs = this.#originMs ?? nowMs;
    const offsetMs = originMs - startedAtMs;
    return {
      durationMs: this.durationMs,
      audio: { codec: this.#sound.codec, sampleRate: SAMPLE_RATE, channels: channelsOf(this.#source) },
      resolutions: this.#pictures.resolutions.map((size) => ({ ...size, atMs: size.atMs + offsetMs })),
      ...this.#log.describe(Math.min(nowMs, this.#endedMs), originMs, startedAtMs),
    };
  }

  get #originMs(): number | undefined {
    return this.#state.is === 'gathering' ? undefined : this.#state.originMs;
  }

  get #endedMs(): number {
    return 'endedMs' in this.#state ? this.#state.endedMs : Number.POSITIVE_INFINITY;
  }

  #end(originMs: number | undefined, endedMs: number): void {
    this.#state = { is: 'finished', originMs, endedMs };
    this.#sound.close();
  }

  /** The file's zero is the earliest of what was gathered, or as little before it as its sound needs; `nowMs` when there is nothing. */
  #begin({ firstMs, pictures, sounds }: Gathering, nowMs: number): void {
    const originMs = this.#sound.originMs(firstMs ?? nowMs, sounds[0]?.captureMs);
    this.#state = { is: 'writing', originMs };
    this.#onBegin(originMs);
    this.#tags.begin();
    const [first] = pictures;
    const firstVideoMs = first ? first.captureMs - originMs : Number.POSITIVE_INFINITY;
    if (firstVideoMs > IDLE_LATENESS_MS) this.#pictures.showSlate(0, first && parseSps(first.unit.sps));
    for (const { item, captureMs } of sounds) this.#sound.push(item, captureMs, originMs);
    for (const { unit, captureMs } of pictures) this.#showUnit(unit, captureMs, originMs);
  }

  #showUnit(unit: AccessUnit, captureMs: number, originMs: number): void {
    const atMs = captureMs - originMs;
    if (this.#congested || this.#pictures.isCrowded(atMs)) {
      this.#leftOut += 1;
      this.#pictures.leaveOut();
      if (this.#congested) this.blame('video', 'disk-slow');
      return;
    }
    // Of a file that was held, or of a process that did not run: a face does not stand still over it.
    this.#slateUpTo(atMs - PICTURE_LATENESS_MS);
    const before = this.#pictures.lastMs;
    this.#pictures.show(unit, atMs);
    if (this.#pictures.lastMs > before) this.#log.gaps.video.media(captureMs);
  }

  /** @param videoMs no picture of before will come any more */
  #slateUpTo(videoMs: number): void {
    const isCameraDue = this.#log.live.video && this.#source === 'camera';
    if (!this.#congested) this.#pictures.slateUpTo(videoMs, isCameraDue);
  }
}

/** Microphones are mono [D3]; the sound of a screen is music and films. */
export function channelsOf(source: FileSource): 1 | 2 {
  return source === 'camera' ? 1 : 2;
}
