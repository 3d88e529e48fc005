import type { FlvPlayer } from '../ports/flv-player.ts';
import { follow } from './follow.ts';
import type { PlaybackTrack } from './tracks.ts';

/** HTMLMediaElement.readyState: something is known of the file; it can be shown; it can go on from where it is. */
const [HAVE_METADATA, HAVE_CURRENT_DATA, HAVE_FUTURE_DATA] = [1, 2, 3];
/** A file that stands is put to its place to within this. */
const PLACE_MS = 15;
/** At the end of a file there is no future to have. */
const END_MS = 400;

/** One file of a group that plays, in the element that shows it. */
export class Member {
  track: PlaybackTrack;
  readonly #player: FlvPlayer;
  readonly #fail: (detail: string) => void;
  #element: HTMLVideoElement | undefined;
  #muted = false;
  /** Counts openings, since each takes a while and may be out of date when it is done. */
  #generation = 0;
  #open: { picture: boolean; end: (() => void) | undefined } | undefined;
  /** Whether it was put to its place since it was opened, or since everybody was sent elsewhere. */
  #isPlaced = false;
  #isCorrecting = false;

  constructor(track: PlaybackTrack, player: FlvPlayer, fail: (detail: string) => void) {
    this.track = track;
    this.#player = player;
    this.#fail = fail;
  }

  /** Where it ends on the recording's common clock; of a file that grows, as far as it has come here. */
  get endMs(): number {
    const { endMs, isLive, startMs } = this.track;
    return isLive ? Math.max(endMs, startMs + this.#bufferedMs()) : endMs;
  }

  attach(element: HTMLVideoElement | undefined): void {
    if (element === this.#element) return;
    this.release();
    this.#element = element;
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    if (this.#element) this.#element.muted = muted;
  }

  /** Opens the file unless it is open. @param picture false: its sound alone, which costs little */
  open(picture: boolean): void {
    const element = this.#element;
    if (!element || this.#open?.picture === picture) return;
    this.release();
    const generation = ++this.#generation;
    const opening: { picture: boolean; end: (() => void) | undefined } = { picture, end: undefined };
    this.#open = opening;
    const failed = (detail: string): void => {
      if (generation === this.#generation) this.#fail(detail);
    };
    const { isLive, url } = this.track;
    this.#player.open(element, url, { live: isLive, picture, failed }).then(
      (end) => {
        if (generation === this.#generation) opening.end = end;
        else end();
      },
      (cause: unknown) => failed(String(cause)),
    );
    element.muted = this.#muted;
  }

  release(): void {
    this.#generation += 1;
    this.#open?.end?.();
    this.#open = undefined;
    this.#isPlaced = false;
    this.#isCorrecting = false;
  }

  /** Whether it can go on from its place. What is not shown anywhere holds nobody up. */
  isReady(fileMs: number): boolean {
    const element = this.#element;
    if (!element) return true;
    if (!this.#open?.end || !this.#isPlaced || element.seeking) return false;
    const isAtEnd = this.endMs - this.track.startMs - fileMs < END_MS;
    return element.readyState >= (isAtEnd ? HAVE_CURRENT_DATA : HAVE_FUTURE_DATA);
  }

  /** Plays on, and is kept at its place. @param fileMs the place, from its own beginning */
  run(fileMs: number, rate: number): void {
    const element = this.#element;
    if (!element || !this.#open?.end) return;
    // There was a press before any sound: Play. At its end a file refuses, and stays there.
    if (element.paused) void element.play().catch(() => undefined);
    if (element.seeking) return;
    const correction = follow(element.currentTime * 1000 - fileMs, rate, this.#isCorrecting);
    if (correction.kind === 'jump') {
      this.#isCorrecting = false;
      this.#jump(element, fileMs);
      return;
    }
    this.#isCorrecting = correction.isCorrecting;
    if (element.playbackRate !== correction.rate) element.playbackRate = correction.rate;
  }

  /** Stands still; after a change of place, there. */
  stand(fileMs: number): void {
    const element = this.#element;
    if (!element || !this.#open?.end) return;
    if (!element.paused) element.pause();
    if (this.#isPlaced || element.seeking || element.readyState < HAVE_METADATA) return;
    const isThere = Math.abs(element.currentTime * 1000 - fileMs) <= PLACE_MS;
    this.#isPlaced = isThere || this.#jump(element, fileMs);
  }

  /** Everybody is sent elsewhere. */
  leavePlace(): void {
    this.#isPlaced = false;
  }

  /** False while a file that grows has not come so far: it cannot be sought in, but comes by itself. */
  #jump(element: HTMLVideoElement, fileMs: number): boolean {
    if (this.track.isLive && this.#bufferedMs() < fileMs) return false;
    element.currentTime = fileMs / 1000;
    return true;
  }

  #bufferedMs(): number {
    const buffered = this.#element?.buffered;
    return buffered && buffered.length > 0 ? buffered.end(buffered.length - 1) * 1000 : 0;
  }
}
