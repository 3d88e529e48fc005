import type { ErrorCode } from '#protocol/errors.ts';
import type { Kind } from '#protocol/people.ts';
import { MAX_CONCEALED_SAMPLES } from '../audio/audio-transcoder.ts';
import type { OpusDepacketizer, OpusItem } from '../depacketize/opus.ts';
import type { Vp8Frame } from '../depacketize/vp8.ts';
import type { LostHop } from '../rtp/loss-origin.ts';
import type { OrderedItem } from '../rtp/rtp-receiver.ts';
import type { StreamClock } from '../timeline/stream-clock.ts';
import type { PictureTranscoder, TranscoderListener } from '../transcode/picture-transcoder.ts';
import { NO_COUNTS, type StageCounts } from './stage-counts.ts';

/** What takes a stream's media, each with the instant of its capture on the SFU's clock. */
export interface MediaSink extends TranscoderListener {
  /** The first packet is here, whatever becomes of it. @param atMs on the SFU's clock */
  arrived(atMs: number): void;
  sound(item: OpusItem, captureMs: number): void;
  /** Packets that will not come any more; times on the SFU's clock. */
  lost(loss: { kind: Kind; hop: LostHop; packets: number; fromMs: number; toMs: number }): void;
}

/** A stream's way from its packets, in order, to what its file takes. */
export interface MediaPath {
  push(item: OrderedItem): void;
  /** What waits for its end is whole: there is no more waiting. */
  flush(): void;
  /** Where the media end that were handed on; undefined before the first. */
  readonly handedOnTicks: number | undefined;
  readonly needsKeyframe: boolean;
  /** Why its pictures are not recorded. */
  readonly problem: ErrorCode | undefined;
  readonly counts: StageCounts['pictures'];
  /** Nothing is sent for now. Resolves when no picture is under way any more; undefined when none is now. */
  rest(): Promise<void> | undefined;
  /** Lets go of what is under way. */
  close(): void;
}

export class SoundPath implements MediaPath {
  readonly needsKeyframe = false;
  readonly problem = undefined;
  readonly counts = NO_COUNTS.pictures;
  readonly #opus: OpusDepacketizer;
  readonly #clock: StreamClock;
  readonly #clockRate: number;
  readonly #sink: MediaSink;
  #handedOnTicks: number | undefined;

  constructor(opus: OpusDepacketizer, clock: StreamClock, clockRate: number, sink: MediaSink) {
    this.#opus = opus;
    this.#clock = clock;
    this.#clockRate = clockRate;
    this.#sink = sink;
  }

  get handedOnTicks(): number | undefined {
    return this.#handedOnTicks;
  }

  /** A packet of sound is sent once its last sample is captured: its first one is as much older than its arrival. */
  push(item: OrderedItem): void {
    for (const packet of this.#opus.push(item)) {
      const { arrivalMs, durationTicks, lostTicks, timestamp } = packet;
      const firstMs = arrivalMs - (durationTicks * 1000) / this.#clockRate;
      // What is concealed is no pause, in which the sound could be moved.
      const soundTicks = lostTicks <= MAX_CONCEALED_SAMPLES ? lostTicks : 0;
      this.#clock.onPacket(timestamp, firstMs, durationTicks, soundTicks);
      this.#handedOnTicks = timestamp + durationTicks;
      this.#sink.sound(packet, this.#clock.toWallMs(timestamp));
    }
  }

  flush(): void {
    // Packets of sound are whole.
  }

  rest(): undefined {
    return undefined;
  }

  close(): void {
    // It holds nothing.
  }
}

/** What puts pictures together of packets. */
interface Depacketizer<Picture> {
  push(item: OrderedItem): Picture[];
  flush(): Picture[];
  readonly needsKeyframe: boolean;
  readonly isUnsupported: boolean;
  stats(): StageCounts['pictures'];
}

/** When a picture was captured is settled here, before it goes anywhere: no delay of a conversion counts. */
export class PicturePath<Picture extends { timestamp: number }> implements MediaPath {
  readonly #depacketizer: Depacketizer<Picture>;
  readonly #clock: StreamClock;
  readonly #next: (picture: Picture, captureMs: number) => void;
  readonly #conversion: Conversion | undefined;
  #handedOnTicks: number | undefined;

  /** @param conversion where `next` goes through one */
  constructor(
    depacketizer: Depacketizer<Picture>,
    clock: StreamClock,
    next: (picture: Picture, captureMs: number) => void,
    conversion?: Conversion,
  ) {
    this.#depacketizer = depacketizer;
    this.#clock = clock;
    this.#next = next;
    this.#conversion = conversion;
  }

  get handedOnTicks(): number | undefined {
    return this.#handedOnTicks;
  }

  get needsKeyframe(): boolean {
    if (this.#conversion?.problem === 'transcodes-full') return false;
    return this.#depacketizer.needsKeyframe || (this.#conversion?.needsKeyframe ?? false);
  }

  get problem(): ErrorCode | undefined {
    return this.#depacketizer.isUnsupported ? 'picture-unsupported' : this.#conversion?.problem;
  }

  get counts(): StageCounts['pictures'] {
    return this.#depacketizer.stats();
  }

  push(item: OrderedItem): void {
    if (item.type === 'packet') {
      this.#clock.onPacket(item.timestamp, item.arrivalMs);
      this.#handedOnTicks = item.timestamp;
    }
    this.#handOn(this.#depacketizer.push(item));
  }

  flush(): void {
    this.#handOn(this.#depacketizer.flush());
  }

  rest(): Promise<void> | undefined {
    return this.#conversion?.rest();
  }

  close(): void {
    this.#conversion?.close();
  }

  #handOn(pictures: readonly Picture[]): void {
    for (const picture of pictures) this.#next(picture, this.#clock.toWallMs(picture.timestamp));
  }
}

/** A camera's pictures on their way through a converter, which has nothing to do while it is off. */
export class Conversion {
  readonly #transcoder: PictureTranscoder;
  readonly #isPaused: () => boolean;
  #isResting = true;

  constructor(transcoder: PictureTranscoder, isPaused: () => boolean) {
    this.#transcoder = transcoder;
    this.#isPaused = isPaused;
  }

  get needsKeyframe(): boolean {
    return !this.#isResting && this.#transcoder.needsKeyframe;
  }

  get problem(): PictureTranscoder['problem'] {
    return this.#transcoder.problem;
  }

  /** What still comes of a camera that is off would take a place for nothing. */
  push(frame: Vp8Frame, captureMs: number): void {
    if (this.#isPaused()) return;
    this.#isResting = false;
    this.#transcoder.push(frame, captureMs);
  }

  rest(): Promise<void> {
    this.#isResting = true;
    return this.#transcoder.rest();
  }

  close(): void {
    this.#transcoder.close();
  }
}
