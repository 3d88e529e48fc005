import type { ManualClock } from '#service/testing/manual-clock.ts';
import type { FlvPlayer } from '../ports/flv-player.ts';

/** A video element in memory, whose own clock may run fast or slow, and which can run out of media. */
export class MemoryVideo {
  readyState = 0;
  seeking = false;
  muted = false;
  volume = 1;
  /** For as long as it stays where it is. */
  ended = false;
  paused = true;
  /** How long it takes to move after it was told to play. */
  delayMs = 0;
  url: string | undefined;
  picture: boolean | undefined;
  /** How often a file was opened in it. */
  openings = 0;
  /** How far the file can be sought in that is opened next. */
  indexedMs = 0;
  /** What of the file has come, in seconds. */
  bufferedS: [from: number, to: number] | undefined;
  /** Every place it was sent to, in seconds. */
  readonly seeks: number[] = [];
  readonly #clock: ManualClock;
  readonly #speed: number;
  #rate = 1;
  #anchorS = 0;
  #sinceMs = 0;

  /** @param speed of its clock: 1.001 gains a millisecond in a second */
  constructor(clock: ManualClock, speed = 1) {
    this.#clock = clock;
    this.#speed = speed;
  }

  get asElement(): HTMLVideoElement {
    return this as unknown as HTMLVideoElement;
  }

  get buffered(): TimeRanges {
    const [fromS, toS] = this.bufferedS ?? [0, 0];
    return { length: this.bufferedS ? 1 : 0, start: () => fromS, end: () => toS };
  }

  get currentTime(): number {
    const passedMs = this.paused ? 0 : Math.max(0, this.#clock.nowMs() - this.#sinceMs);
    return this.#anchorS + (passedMs * this.#rate * this.#speed) / 1000;
  }

  set currentTime(seconds: number) {
    this.seeks.push(seconds);
    this.ended = false;
    this.#anchor(seconds);
  }

  get playbackRate(): number {
    return this.#rate;
  }

  set playbackRate(rate: number) {
    this.#anchor(this.currentTime);
    this.#rate = rate;
  }

  async play(): Promise<void> {
    this.#anchor(this.currentTime);
    this.#sinceMs += this.delayMs;
    this.paused = false;
  }

  pause(): void {
    this.#anchor(this.currentTime);
    this.paused = true;
  }

  #anchor(seconds: number): void {
    this.#anchorS = seconds;
    this.#sinceMs = this.#clock.nowMs();
  }
}

/** Opens every file at once, ready to play. */
export const memoryPlayer: FlvPlayer = {
  async open(element, url, { picture }) {
    const video = element as unknown as MemoryVideo;
    Object.assign(video, { url, picture, readyState: 4, openings: video.openings + 1 });
    const { indexedMs } = video;
    return {
      indexedMs,
      seek(toMs) {
        // There is no such place, and mpegts.js does not survive it.
        if (toMs < 0) throw new RangeError(`a seek to ${toMs} ms`);
        video.currentTime = toMs / 1000;
      },
      close() {
        Object.assign(video, { url: undefined, picture: undefined, readyState: 0, bufferedS: undefined });
        video.pause();
      },
    };
  },
};
