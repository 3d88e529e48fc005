import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Vp8Frame } from '../depacketize/vp8.ts';
import type { PictureSize } from '../depacketize/vp8-frame-header.ts';
import { ChildSuccession } from './child-succession.ts';
import { FfmpegChild } from './ffmpeg-child.ts';
import type {
  InterruptionCause,
  PictureTranscoder,
  TranscodeProblem,
  TranscoderListener,
} from './picture-transcoder.ts';

/** With a picture in it for this long a child does not keep up: what follows is dropped, up to a keyframe. */
export const MAX_LAG_MS = 1000;
/** So much waits for a child at most. */
export const MAX_PENDING_PICTURES = 240;
export const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** At a Stop, or when a camera goes off, a child gets so long for what it still has. */
export const FLUSH_MS = 150;
/** The same when its successor works already. */
const CHANGE_MS = 1000;
/** Another size that comes sooner is not followed yet: each size costs a process. */
const MIN_LIFE_MS = 500;
/** After a death the next child comes at once, then so much later, and twice as late each time. */
const RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
/** A death after so long at work is a first one. */
const LONG_LIFE_MS = 10_000;
/** Deaths without a picture from which on ffmpeg counts as broken. */
const BROKEN_AFTER = 3;

/** Who sends nothing for so long gives the place to others who wait: a screen that rests still sends now and then. */
export const IDLE_PLACE_MS = 30_000;

/** The places that streams share. */
export interface Places {
  /** Answers whether one was free; when none was, `onPlace` is called once one is. */
  take(onPlace: () => void): boolean;
  /** Gives the place back, or stops waiting for one. */
  give(onPlace: () => void): void;
  /** Whether somebody waits for one. */
  isWanted(): boolean;
}

/** Sums over all streams of a process. */
export interface TranscodeCounters {
  /** That came out. */
  pictures: number;
  /** Left out because a child did not keep up, or there was no place. */
  dropped: number;
  /** Were in a child that died, or was cut short. */
  lost: number;
  deaths: number;
  /** From going in to coming out, smoothed. */
  delayMs: number;
}

export interface StreamTranscoderOptions {
  ffmpeg: string;
  clock: Clock;
  log: Log;
  places: Places;
  listener: TranscoderListener;
  counters: TranscodeCounters;
  onClose(): void;
}

/** One stream's way through ffmpeg: a child for each picture size, another one when it dies, none while nothing is sent. */
export class StreamTranscoder implements PictureTranscoder {
  readonly #options: StreamTranscoderOptions;
  readonly #children: ChildSuccession;
  readonly #onPlace = (): void => {
    this.#place = 'taken';
  };
  #place: 'none' | 'waited-for' | 'taken' = 'none';
  #startedMs = 0;
  /** When the last picture came. */
  #pushedMs = 0;
  /** What comes next refers to a picture that was left out. */
  #broken = true;
  /** Why; undefined where nobody is to blame: at the beginning, and after a rest. */
  #cause: InterruptionCause | undefined;
  #deaths = 0;
  /** From its start to its last picture, of the current child; undefined before the first one. */
  #workedMs: number | undefined;
  #retryAtMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: StreamTranscoderOptions) {
    this.#options = options;
    this.#children = new ChildSuccession(options.clock, {
      unit: (unit, captureMs, pushedMs) => {
        this.#count(pushedMs);
        if (!this.#closed) options.listener.unit(unit, captureMs);
      },
      ended: (child, end) => this.#ended(child, end),
    });
  }

  get needsKeyframe(): boolean {
    return this.#broken && this.#obstacle() === undefined;
  }

  get problem(): TranscodeProblem | undefined {
    if (this.#place === 'waited-for') return 'transcodes-full';
    return this.#deaths >= BROKEN_AFTER && this.#workedMs === undefined ? 'ffmpeg-broken' : undefined;
  }

  /** Process ids, for tests and operators. */
  get pids(): number[] {
    return this.#children.all.flatMap(({ pid }) => pid ?? []);
  }

  /** Pictures that went in and have not come out. */
  get pending(): number {
    return this.#children.all.reduce((sum, { pending }) => sum + pending, 0);
  }

  push(frame: Vp8Frame, captureMs: number): void {
    if (this.#closed) return;
    this.#pushedMs = this.#options.clock.nowMs();
    // A place is taken with a picture that can be converted, not with one that refers to others.
    if (this.#place === 'none' && frame.keyframe) {
      this.#place = this.#options.places.take(this.#onPlace) ? 'taken' : 'waited-for';
    }
    const obstacle = this.#obstacle(frame.keyframe);
    if (obstacle !== undefined || (this.#broken && !frame.keyframe)) {
      this.#leaveOut(obstacle ?? this.#cause, captureMs);
      return;
    }
    if (frame.keyframe && !this.#fits(frame.keyframe)) this.#begin(frame.keyframe);
    const child = this.#children.current;
    if (!child) {
      this.#leaveOut('transcoder-lost', captureMs);
      return;
    }
    this.#broken = false;
    this.#cause = undefined;
    child.push(frame, captureMs, this.#options.clock.nowMs());
  }

  async rest(): Promise<void> {
    this.#broken = true;
    this.#cause = undefined;
    this.#givePlace();
    await this.#children.end(FLUSH_MS);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#givePlace();
    this.#children.kill();
    this.#options.onClose();
  }

  /**
   * Kills a child that hangs.
   * @param passedMs of our own turns since the last call
   */
  tick(passedMs: number): void {
    this.#giveUnused(this.#options.clock.nowMs());
    for (const child of this.#children.all) {
      if (!child.hangs(passedMs)) continue;
      this.#options.log.error('transcoder-hangs', { pid: child.pid });
      child.kill();
    }
  }

  /** What a keyframe, of this size, would be left out for. */
  #obstacle(size?: PictureSize): InterruptionCause | undefined {
    if (this.#place === 'waited-for') return 'transcodes-full';
    const nowMs = this.#options.clock.nowMs();
    const child = this.#children.current;
    if (!child) return nowMs < this.#retryAtMs ? 'transcoder-lost' : undefined;
    const lags = child.owingMs(nowMs) >= MAX_LAG_MS || child.pending >= MAX_PENDING_PICTURES;
    if (lags || child.queuedBytes >= MAX_QUEUED_BYTES) return 'transcoder-slow';
    const changesSoon = this.#children.isChanging || nowMs - this.#startedMs < MIN_LIFE_MS;
    return size && !this.#fits(size) && changesSoon ? 'transcoder-slow' : undefined;
  }

  #fits({ height, width }: PictureSize): boolean {
    const size = this.#children.current?.size;
    return size?.width === width && size.height === height;
  }

  #begin(size: PictureSize): void {
    const { clock, ffmpeg, log } = this.#options;
    void this.#children.end(CHANGE_MS);
    this.#startedMs = clock.nowMs();
    this.#workedMs = undefined;
    try {
      this.#children.begin((listener) => new FfmpegChild(ffmpeg, size, listener));
      log.info('transcoder-started', { pid: this.#children.current?.pid, ...size });
    } catch (cause) {
      // No process can be made now: too many of them, too little memory.
      log.error('transcoder-not-started', { cause: (cause as Error).message });
      this.#died();
    }
  }

  #count(pushedMs: number): void {
    const { clock, counters } = this.#options;
    this.#workedMs = clock.nowMs() - this.#startedMs;
    counters.pictures += 1;
    counters.delayMs += (clock.nowMs() - pushedMs - counters.delayMs) / 64;
  }

  #ended(child: FfmpegChild, end: { lost: number; hasDied: boolean; complaint: string }): void {
    const { counters, listener, log } = this.#options;
    const { complaint, hasDied, lost } = end;
    counters.lost += lost;
    if (this.#closed) return;
    if (child.oldestCaptureMs !== undefined) listener.interrupted('transcoder-lost', child.oldestCaptureMs);
    if (hasDied) this.#died();
    if (hasDied || lost > 0) log.error('transcoder-died', { pid: child.pid, lost, hasDied, complaint });
  }

  #died(): void {
    const { clock, counters } = this.#options;
    const nowMs = clock.nowMs();
    counters.deaths += 1;
    this.#deaths = (this.#workedMs ?? 0) >= LONG_LIFE_MS ? 1 : this.#deaths + 1;
    const delayMs = this.#deaths === 1 ? 0 : RETRY_MS * 2 ** (this.#deaths - 2);
    this.#retryAtMs = nowMs + Math.min(MAX_RETRY_MS, delayMs);
    this.#broken = true;
    this.#cause = 'transcoder-lost';
  }

  #leaveOut(cause: InterruptionCause | undefined, captureMs: number): void {
    this.#options.counters.dropped += 1;
    this.#broken = true;
    this.#cause = cause;
    if (cause !== undefined) this.#options.listener.interrupted(cause, captureMs);
  }

  /** A place that others wait for is not for who is silent, nor for pictures of which nothing comes out. */
  #giveUnused(nowMs: number): void {
    if (this.#place !== 'taken' || !this.#options.places.isWanted()) return;
    const isSilent = nowMs - this.#pushedMs >= IDLE_PLACE_MS;
    if (isSilent || this.problem === 'ffmpeg-broken') void this.rest();
  }

  #givePlace(): void {
    if (this.#place !== 'none') this.#options.places.give(this.#onPlace);
    this.#place = 'none';
  }
}
