import type { ErrorCode } from '#protocol/errors.ts';
import { type AccessUnit, H264Depacketizer } from '../depacketize/h264.ts';
import { Vp8Depacketizer, type Vp8Frame } from '../depacketize/vp8.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import type {
  InterruptionCause,
  PictureTranscoder,
  TranscoderListener,
} from '../transcode/picture-transcoder.ts';
import type { StageCounts } from './stage-counts.ts';

/** Where a stream's pictures go, with the instant of their capture on the SFU's clock. */
export interface PictureSink {
  video(unit: AccessUnit, captureMs: number): void;
  /** Pictures from this capture on are missing, up to the next one. */
  interrupted(cause: InterruptionCause, fromCaptureMs: number): void;
}

/** What converts pictures. */
export interface Transcodes {
  /** Streams at once. */
  readonly max: number;
  open(listener: TranscoderListener): PictureTranscoder;
}

/** One video stream's way from its packets, in order, to H.264. */
export interface VideoPath {
  push(item: OrderedItem): void;
  /** What waits for its end is whole: there is no more waiting. */
  flush(): void;
  readonly needsKeyframe: boolean;
  /** Why its pictures are not recorded. */
  readonly problem: ErrorCode | undefined;
  readonly counts: StageCounts['pictures'];
  /** Nothing is sent for now. Resolves when no picture is under way any more; undefined when none is now. */
  rest(): Promise<void> | undefined;
  close(): void;
}

/** H.264 is recorded as it comes. */
export class H264Path implements VideoPath {
  readonly #depacketizer: H264Depacketizer;
  readonly #show: (unit: AccessUnit) => void;

  /** @param spropParameterSets of the stream's codec, where it has them */
  constructor(
    spropParameterSets: string | undefined,
    toCaptureMs: (timestamp: number) => number,
    sink: PictureSink,
  ) {
    this.#depacketizer = new H264Depacketizer(spropParameterSets === undefined ? {} : { spropParameterSets });
    this.#show = (unit) => sink.video(unit, toCaptureMs(unit.timestamp));
  }

  get problem(): ErrorCode | undefined {
    return this.#depacketizer.isUnsupported ? 'picture-unsupported' : undefined;
  }

  get needsKeyframe(): boolean {
    return this.#depacketizer.needsKeyframe;
  }

  get counts(): StageCounts['pictures'] {
    const { units: released, ...others } = this.#depacketizer.stats();
    return { released, ...others };
  }

  push(item: OrderedItem): void {
    for (const unit of this.#depacketizer.push(item)) this.#show(unit);
  }

  flush(): void {
    for (const unit of this.#depacketizer.flush()) this.#show(unit);
  }

  rest(): undefined {
    return undefined;
  }

  close(): void {
    // It holds nothing.
  }
}

/** VP8 is transcoded. When a picture was captured is settled before it goes in: no delay of the transcoder counts. */
export class Vp8Path implements VideoPath {
  readonly #depacketizer = new Vp8Depacketizer();
  readonly #toCaptureMs: (timestamp: number) => number;
  readonly #isPaused: () => boolean;
  readonly #transcoder: PictureTranscoder;
  #isResting = true;

  constructor(options: {
    toCaptureMs(timestamp: number): number;
    isPaused(): boolean;
    sink: PictureSink;
    transcodes: Transcodes;
  }) {
    const { sink } = options;
    this.#toCaptureMs = options.toCaptureMs;
    this.#isPaused = options.isPaused;
    this.#transcoder = options.transcodes.open({
      unit: (unit, captureMs) => sink.video(unit, captureMs),
      interrupted: (cause, fromCaptureMs) => sink.interrupted(cause, fromCaptureMs),
    });
  }

  get needsKeyframe(): boolean {
    if (this.#transcoder.problem === 'transcodes-full') return false;
    return this.#depacketizer.needsKeyframe || (!this.#isResting && this.#transcoder.needsKeyframe);
  }

  get problem(): ErrorCode | undefined {
    return this.#depacketizer.isUnsupported ? 'picture-unsupported' : this.#transcoder.problem;
  }

  get counts(): StageCounts['pictures'] {
    const { frames: released, ...others } = this.#depacketizer.stats();
    return { released, ...others };
  }

  push(item: OrderedItem): void {
    for (const frame of this.#depacketizer.push(item)) this.#transcode(frame);
  }

  flush(): void {
    for (const frame of this.#depacketizer.flush()) this.#transcode(frame);
  }

  rest(): Promise<void> {
    this.#isResting = true;
    return this.#transcoder.rest();
  }

  close(): void {
    this.#transcoder.close();
  }

  /** What still comes of a camera that is off would take a place for nothing. */
  #transcode(frame: Vp8Frame): void {
    if (this.#isPaused()) return;
    this.#isResting = false;
    this.#transcoder.push(frame, this.#toCaptureMs(frame.timestamp));
  }
}
