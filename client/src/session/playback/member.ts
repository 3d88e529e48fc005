import type { FlvPlayer, OpenFlv } from '../ports/flv-player.ts';
import type { MixedSound, SoundMixer } from '../ports/sound.ts';
import { follow } from './follow.ts';
import { isPresent, type PlaybackTrack } from './tracks.ts';

/** HTMLMediaElement.readyState: something is known of the file; it can be shown; it can go on from where it is. */
const [HAVE_METADATA, HAVE_CURRENT_DATA, HAVE_FUTURE_DATA] = [1, 2, 3];
/** A file that stands is put to its place to within this. */
const PLACE_MS = 15;
/** At the end of a file there is no future to have. */
const END_MS = 400;
/** What has to be there of a file that grows before it goes on, so that it does not stop at every piece. */
const CUSHION_MS = 2000;
/** An element that was told to play has begun when it has come so far. */
const BEGUN_MS = 4;
/** Less than what is fetched ahead: on the way to a place behind the index, what lies so far back is let go of. */
const CHASE_MS = 20_000;
/** So much later a file that grew is opened anew, if its index then does not reach. */
const STALE_MS = 60_000;

interface Opening {
  picture: boolean;
  /** As it was then. */
  track: PlaybackTrack;
  file: OpenFlv | undefined;
  /** Aborts: each takes a while, and may be out of date when it is done. */
  released: AbortController;
}

/** How it stands to its place, since it was opened or everybody was sent elsewhere. */
type Stance =
  | { is: 'astray' }
  | { is: 'placed' }
  /** It was told to play at `fromS` seconds, and may not have begun, or may be on its way back to its place. */
  | { is: 'moving'; wasPlaced: boolean; fromS: number; isCorrecting: boolean; isRefused: boolean };

/** One file of a group that plays, in the element that shows it. Positions are those of the recording's common clock. */
export class Member {
  track: PlaybackTrack;
  readonly #player: FlvPlayer;
  readonly #mixer: SoundMixer | undefined;
  readonly #fail: (detail: string) => void;
  #element: HTMLVideoElement | undefined;
  #mixed: MixedSound | undefined;
  #sound = { muted: false, volume: 1 };
  #open: Opening | undefined;
  #stance: Stance = { is: 'astray' };
  /** At this place, since everybody was sent there (`#isMistaken`). */
  #wasMistaken = false;
  #turn: Promise<void> = Promise.resolve();

  /** @param mixer undefined: it is heard from its element, which must be the only one */
  constructor(
    track: PlaybackTrack,
    player: FlvPlayer,
    mixer: SoundMixer | undefined,
    fail: (detail: string) => void,
  ) {
    this.track = track;
    this.#player = player;
    this.#mixer = mixer;
    this.#fail = fail;
  }

  /** Where it ends on the recording's common clock; of a file that grows, as far as it has come here. */
  get endMs(): number {
    const { endMs, isLive, startMs } = this.track;
    return isLive ? Math.max(endMs, startMs + this.#bufferedMs()) : endMs;
  }

  isPresent(atMs: number): boolean {
    return isPresent(this.track, atMs);
  }

  attach(element: HTMLVideoElement | undefined): void {
    if (element === this.#element) return;
    this.release();
    this.#mixed?.close();
    this.#element = element;
    this.#mixed = element && this.#mixer?.add(element);
    this.#applySound();
  }

  /** @param volume 0 to 1 */
  setSound(muted: boolean, volume: number): void {
    this.#sound = { muted, volume };
    this.#applySound();
  }

  /** Opens the file unless it is open. @param picture false: its sound alone, which costs little */
  open(picture: boolean): void {
    const element = this.#element;
    if (!element || this.#open?.picture === picture) return;
    this.release();
    const released = new AbortController();
    const { signal } = released;
    const opening: Opening = { picture, track: this.track, file: undefined, released };
    this.#open = opening;
    const failed = (detail: string): void => {
      if (!signal.aborted) this.#fail(detail);
    };
    const isGrowing = () => this.track.isLive;
    // One after the other: a player that is closed empties the element, also of what another one has put there.
    this.#turn = this.#turn.then(async () => {
      if (signal.aborted) return;
      try {
        const file = await this.#player.open(element, this.track.url, { picture, isGrowing, failed });
        if (signal.aborted) file.close();
        else opening.file = file;
      } catch (cause) {
        failed(String(cause));
      }
    });
    this.#applySound();
  }

  release(): void {
    this.#open?.released.abort();
    this.#open?.file?.close();
    this.#open = undefined;
    this.#stance = { is: 'astray' };
  }

  /** Whether it can go on from its place. What is not shown anywhere holds nobody up. */
  isReady(positionMs: number): boolean {
    const element = this.#element;
    if (!element) return true;
    const fileMs = this.#placeOf(positionMs);
    if (!this.#open?.file || !this.#hasPlace || element.seeking) return false;
    if (this.track.isLive) {
      const hasCushion = this.#bufferedMs() - fileMs >= CUSHION_MS;
      return element.readyState >= HAVE_FUTURE_DATA && (this.#stance.is === 'moving' || hasCushion);
    }
    if (element.ended) return !this.#isMistaken(element, fileMs);
    return element.readyState >= (this.#isAtEnd(fileMs) ? HAVE_CURRENT_DATA : HAVE_FUTURE_DATA);
  }

  /** Whether there is anything to set going: at its end there is not. */
  get canBegin(): boolean {
    return this.#element?.ended === false && this.#open?.file !== undefined;
  }

  /**
   * Sets it going. An element needs a while for that, each its own, so the clock does not run before all have begun.
   * @returns where it is, once it has begun; `refused` when the browser wants a press first
   */
  begin(rate: number): number | 'not-yet' | 'refused' {
    const element = this.#element;
    if (!element) return 'not-yet';
    const { fromS, isRefused } = this.#stance.is === 'moving' ? this.#stance : this.#play(element, rate);
    if (isRefused) return 'refused';
    const passedMs = (element.currentTime - fromS) * 1000;
    return passedMs > BEGUN_MS ? this.track.startMs + element.currentTime * 1000 : 'not-yet';
  }

  /** Plays on, and is kept at its place; whoever leads is ahead of it. */
  run(positionMs: number, rate: number): void {
    const element = this.#element;
    const file = this.#open?.file;
    if (!element || !file) return;
    // At its end it stays there: told to play, it would begin anew.
    if (element.ended || element.seeking || element.readyState < HAVE_FUTURE_DATA) return;
    const stance = this.#stance;
    if (element.paused || stance.is !== 'moving') {
      this.#play(element, rate);
      return;
    }
    if (element.currentTime === stance.fromS) return;
    const errorMs = this.track.startMs + element.currentTime * 1000 - positionMs;
    const correction = follow(errorMs, rate, stance.isCorrecting);
    stance.isCorrecting = correction.kind === 'rate' && correction.isCorrecting;
    if (correction.kind === 'jump') this.#jump(element, file, this.#placeOf(positionMs));
    else if (element.playbackRate !== correction.rate) element.playbackRate = correction.rate;
  }

  /** Stands still; after a change of place, there. */
  stand(positionMs: number): void {
    const element = this.#element;
    const file = this.#open?.file;
    if (!element || !file) return;
    const fileMs = this.#placeOf(positionMs);
    if (!element.paused) element.pause();
    this.#stance = { is: this.#hasPlace ? 'placed' : 'astray' };
    if (element.seeking || element.readyState < HAVE_METADATA) return;
    if (this.#isMistaken(element, fileMs) && this.#bufferedMs() > fileMs) {
      this.#wasMistaken = true;
      this.#stance = { is: 'astray' };
      file.seek(fileMs);
      return;
    }
    if (this.#hasPlace) return;
    const isThere = Math.abs(element.currentTime * 1000 - fileMs) <= PLACE_MS;
    if (isThere || this.#jump(element, file, fileMs)) this.#stance = { is: 'placed' };
  }

  /** Everybody is sent elsewhere. */
  leavePlace(): void {
    this.#stance = { is: 'astray' };
    this.#wasMistaken = false;
  }

  /** From its own beginning, before which there is no place to be put to. */
  #placeOf(positionMs: number): number {
    return Math.max(0, positionMs - this.track.startMs);
  }

  get #hasPlace(): boolean {
    return this.#stance.is === 'placed' || (this.#stance.is === 'moving' && this.#stance.wasPlaced);
  }

  #isAtEnd(fileMs: number): boolean {
    return this.endMs - this.track.startMs - fileMs < END_MS;
  }

  /**
   * Whether it says that it is over where its file is not. Of a place behind the last picture mpegts.js keeps nothing, and
   * whoever is sent elsewhere from there is over at once, before anything has come. Once it has, it is sent there again;
   * one that says so again is believed, and one whose file ends there.
   */
  #isMistaken(element: HTMLVideoElement, fileMs: number): boolean {
    if (!this.#hasPlace || !element.ended || this.#isAtEnd(fileMs) || this.#wasMistaken) return false;
    return element.buffered.length === 0 || this.#bufferedMs() > fileMs;
  }

  /** False while a file that grew has not come so far: it comes by itself, from where its index ends. */
  #jump(element: HTMLVideoElement, file: OpenFlv, fileMs: number): boolean {
    if (this.#canSeek(element, file, fileMs)) {
      file.seek(fileMs);
      return true;
    }
    const bufferedMs = this.#bufferedMs();
    const reachMs = Math.max(file.indexedMs, bufferedMs - END_MS);
    const comesSoon = fileMs >= bufferedMs && fileMs - reachMs < STALE_MS;
    if (!comesSoon && this.#isStale) this.#openAnew();
    else if (reachMs - element.currentTime * 1000 > CHASE_MS) file.seek(reachMs);
    return false;
  }

  #canSeek({ buffered }: HTMLVideoElement, file: OpenFlv, fileMs: number): boolean {
    if (!this.#open?.track.isLive || fileMs <= file.indexedMs) return true;
    const atS = fileMs / 1000;
    return Array.from({ length: buffered.length }, (_, at) => at).some(
      (at) => buffered.start(at) <= atS && atS < buffered.end(at),
    );
  }

  /** Whether its index may reach farther by now than that of the file as it was opened. */
  get #isStale(): boolean {
    const then = this.#open?.track;
    return then !== undefined && (!this.track.isLive || this.track.endMs - then.endMs > STALE_MS);
  }

  #openAnew(): void {
    const picture = this.#open?.picture ?? true;
    this.release();
    this.open(picture);
  }

  /** Goes on with what was begun when the browser has paused it. */
  #play(element: HTMLVideoElement, rate: number): Stance & { is: 'moving' } {
    const begun = {
      fromS: element.currentTime,
      wasPlaced: this.#hasPlace,
      isCorrecting: false,
      isRefused: false,
    };
    const moving = this.#stance.is === 'moving' ? this.#stance : { is: 'moving' as const, ...begun };
    this.#stance = moving;
    element.playbackRate = rate;
    element.play().catch((cause: unknown) => {
      // Anything else is a play() that was overtaken by a pause, or a file that is told to have failed.
      if (cause instanceof DOMException && cause.name === 'NotAllowedError') moving.isRefused = true;
    });
    return moving;
  }

  #applySound(): void {
    if (!this.#element) return;
    const { muted, volume } = this.#sound;
    this.#element.muted = muted;
    if (this.#mixed) this.#mixed.setGain(muted ? 0 : volume);
    else this.#element.volume = volume;
  }

  #bufferedMs(): number {
    const buffered = this.#element?.buffered;
    return buffered && buffered.length > 0 ? buffered.end(buffered.length - 1) * 1000 : 0;
  }
}
