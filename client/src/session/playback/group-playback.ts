import type { Interval } from '#protocol/manifest.ts';
import type { Clock } from '../ports/clock.ts';
import type { FlvPlayer } from '../ports/flv-player.ts';
import type { SoundMixer } from '../ports/sound.ts';
import { Store } from '../store.ts';
import { Beginning } from './beginning.ts';
import { GroupClock } from './group-clock.ts';
import { Member } from './member.ts';
import { isSameScene, placeOf, type SceneWishes, type Seat, sceneAt } from './scene.ts';
import { durationOf, type PlaybackTrack } from './tracks.ts';

const TICK_MS = 50;
const SHOWN_MS = 100;
/** Files that begin within this time are opened already. */
const AHEAD_MS = 5000;
/** Files that are this far away are closed: each one holds a part of it in memory. */
const BEHIND_MS = 30_000;
/** Whoever begins while the others play is told so much earlier: this is about what an element needs to begin. */
const LEAD_MS = 100;
/** So far behind the end of a growing recording "live" is: what is nearer is still on its way. */
const LIVE_MARGIN_MS = 3000;

export const RATES: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 2];

export interface PlaybackSnapshot extends SceneWishes {
  /** `waiting`: somebody's file is not there yet, and everybody is held for it; or nobody has begun for a while. */
  readonly status: 'paused' | 'playing' | 'waiting' | 'ended';
  readonly durationMs: number;
  readonly rate: number;
  /** 0 to 1. */
  readonly volume: number;
  readonly isSilent: boolean;
  /** Places (`placeOf`) that are not heard. */
  readonly muted: ReadonlySet<string>;
  /** Only this place is heard. */
  readonly solo: string | undefined;
  /** Files that cannot be played, with the player's own words. */
  readonly failed: ReadonlyMap<string, string>;
  readonly scene: readonly Seat[];
}

/** A recording as it is known now. */
export interface PlaybackSource {
  tracks: readonly PlaybackTrack[];
  /** When each person spoke, by connection id. */
  speech: ReadonlyMap<string, readonly Interval[]>;
}

/**
 * Plays all files of a recording at once, held to one clock: each begins and ends where it lies on the recording's
 * common clock, and nobody runs ahead of the others, whatever their decoders and connections do.
 */
export class GroupPlayback extends Store<PlaybackSnapshot> {
  /** In milliseconds on the recording's common clock; apart from the rest, since it changes all the time. */
  readonly position = new Store(0);
  readonly #clock: Clock;
  readonly #player: FlvPlayer;
  readonly #mixer: SoundMixer | undefined;
  readonly #transport: GroupClock;
  readonly #members = new Map<string, Member>();
  readonly #beginning = new Beginning();
  #source: PlaybackSource;
  #wantsToPlay = false;
  #cancel: (() => void) | undefined;

  /** @param mixer needed wherever more than one file is heard */
  constructor(source: PlaybackSource, clock: Clock, player: FlvPlayer, mixer?: SoundMixer) {
    const durationMs = durationOf(source.tracks);
    super({
      status: 'paused',
      durationMs,
      rate: 1,
      volume: 1,
      isSilent: false,
      muted: new Set(),
      solo: undefined,
      failed: new Map(),
      followsSpeaker: false,
      pinned: undefined,
      scene: [],
    });
    this.#clock = clock;
    this.#player = player;
    this.#mixer = mixer;
    this.#transport = new GroupClock(durationMs);
    this.#source = source;
    this.setSource(source);
  }

  /** The recording as it is now: more files, or longer ones, while it is still being made. */
  setSource(source: PlaybackSource): void {
    this.#source = source;
    for (const track of source.tracks) {
      const known = this.#members.get(track.id);
      if (known) known.track = track;
      else
        this.#members.set(
          track.id,
          new Member(track, this.#player, this.#mixer, (detail) => this.#fail(track.id, detail)),
        );
    }
    this.#measure();
    this.#show();
  }

  /** Where a file is shown and heard; without an element it is neither. */
  attach(id: string, element: HTMLVideoElement | undefined): void {
    this.#members.get(id)?.attach(element);
    if (element) this.#cancel ??= this.#clock.every(TICK_MS, () => this.#tick());
    this.#applySound();
  }

  play(): void {
    if (this.getSnapshot().status === 'ended') this.seek(0);
    this.#wantsToPlay = true;
    this.#mixer?.wake();
    this.#tick();
  }

  pause(): void {
    this.#wantsToPlay = false;
    this.#tick();
  }

  toggle(): void {
    if (this.#wantsToPlay) this.pause();
    else this.play();
  }

  /** @param positionMs on the recording's common clock; what lies outside is brought to its ends */
  seek(positionMs: number): void {
    const nowMs = this.#clock.nowMs();
    this.#transport.seek(positionMs, nowMs);
    // A new place is waited for by everybody, so that they go on together.
    this.#transport.hold(nowMs);
    this.#beginning.anew();
    for (const member of this.#members.values()) member.leavePlace();
    this.#show();
    this.#tick();
  }

  skip(byMs: number): void {
    this.seek(this.#transport.positionMs(this.#clock.nowMs()) + byMs);
  }

  /** To where a recording that is still being made is now. */
  goLive(): void {
    this.seek(this.#transport.durationMs - LIVE_MARGIN_MS);
    this.play();
  }

  setRate(rate: number): void {
    this.#transport.setRate(rate, this.#clock.nowMs());
    this.update({ rate });
  }

  /** @param volume of everybody, 0 to 1 */
  setVolume(volume: number): void {
    this.#wish({ volume, isSilent: volume === 0 });
  }

  toggleSilence(): void {
    const { isSilent, volume } = this.getSnapshot();
    this.#wish({ isSilent: !isSilent, volume: volume || 1 });
  }

  /** @param place of a person or screen (`placeOf`) */
  toggleMuted(place: string): void {
    const muted = new Set(this.getSnapshot().muted);
    if (!muted.delete(place)) muted.add(place);
    this.#wish({ muted });
  }

  toggleSolo(place: string): void {
    this.#wish({ solo: this.getSnapshot().solo === place ? undefined : place });
  }

  toggleFollowing(): void {
    this.#wish({ followsSpeaker: !this.getSnapshot().followsSpeaker });
  }

  togglePin(place: string): void {
    this.#wish({ pinned: this.getSnapshot().pinned === place ? undefined : place });
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const member of this.#members.values()) member.attach(undefined);
  }

  /** What somebody would hear or see otherwise than it is now. */
  #wish(change: Partial<PlaybackSnapshot>): void {
    this.update(change);
    this.#applySound();
    this.#show();
  }

  #fail(id: string, detail: string): void {
    this.update({ failed: new Map(this.getSnapshot().failed).set(id, detail) });
  }

  #measure(): void {
    const ends = [...this.#members.values()].map(({ endMs }) => endMs);
    const durationMs = Math.max(0, ...ends);
    if (durationMs === this.#transport.durationMs) return;
    this.#transport.setDuration(durationMs, this.#clock.nowMs());
    this.update({ durationMs });
  }

  #applySound(): void {
    const { isSilent, muted, solo, volume } = this.getSnapshot();
    for (const member of this.#members.values()) {
      const place = placeOf(member.track);
      member.setSound(isSilent || (solo === undefined ? muted.has(place) : solo !== place), volume);
    }
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const transport = this.#transport;
    this.#measure();
    const positionMs = transport.positionMs(nowMs);
    const members = [...this.#members.values()];
    const isOver = positionMs >= transport.durationMs && !members.some(({ track }) => track.isLive);
    if (isOver) this.#wantsToPlay = false;
    const pictures = new Set(
      this.getSnapshot()
        .scene.filter(({ shown }) => shown !== 'voice')
        .map(({ track }) => track.id),
    );
    const present = members.filter((member) => this.#prepare(member, positionMs, pictures));
    const ready = present.filter((member) => member.isReady(positionMs));
    const missing = this.#wantsToPlay ? present.length - ready.length : 0;
    const isWaiting = this.#beginning.isHeldFor(missing, nowMs);
    if (!this.#wantsToPlay || isWaiting) {
      transport.hold(nowMs);
      this.#beginning.end();
      for (const member of present) member.stand(positionMs);
    } else if (!transport.isRunning) {
      this.#begin(
        ready.filter(({ canBegin }) => canBegin),
        nowMs,
      );
    } else {
      for (const member of present) member.run(positionMs, transport.rate);
    }
    const isHeld = isWaiting || this.#beginning.isSlow(nowMs);
    const status = isOver ? 'ended' : !this.#wantsToPlay ? 'paused' : isHeld ? 'waiting' : 'playing';
    if (status !== this.getSnapshot().status) this.update({ status });
    this.#show();
  }

  #begin(members: readonly Member[], nowMs: number): void {
    const begun = this.#beginning.setGoing(members, this.#transport.rate, nowMs);
    if (begun === 'refused') this.#wantsToPlay = false;
    if (typeof begun === 'string') return;
    if (begun.fromMs !== undefined) this.#transport.seek(begun.fromMs, nowMs);
    this.#transport.run(nowMs);
    this.#beginning.end();
  }

  /** Opens what is near and closes what is far. @returns whether it takes part at this position */
  #prepare(member: Member, positionMs: number, pictures: ReadonlySet<string>): boolean {
    const { endMs, track } = member;
    const leadMs = this.#transport.isRunning ? LEAD_MS * this.#transport.rate : 0;
    const isPresent = member.isPresent(positionMs) || member.isPresent(positionMs + leadMs);
    const isNear = positionMs > track.startMs - AHEAD_MS && positionMs < endMs + BEHIND_MS;
    if ((!isNear && !isPresent) || this.getSnapshot().failed.has(track.id)) {
      member.release();
      return false;
    }
    // Who is coming is opened with a picture, and whoever has just left is not opened anew.
    if (isPresent || positionMs < track.startMs) member.open(pictures.has(track.id));
    if (isPresent) return true;
    member.stand(Math.min(positionMs, endMs));
    return false;
  }

  /** Tells the page where it is, ten times a second at most, and what there is to see. */
  #show(): void {
    const { durationMs } = this.#transport;
    const atMs = this.#transport.positionMs(this.#clock.nowMs());
    const isMoving = this.getSnapshot().status === 'playing';
    if (!isMoving || Math.abs(atMs - this.position.getSnapshot()) >= SHOWN_MS) this.position.set(atMs);
    const { speech, tracks } = this.#source;
    // Before the first one begins, and at the very end, there is somebody to see all the same.
    const firstMs = Math.min(durationMs, ...tracks.map(({ startMs }) => startMs));
    const seenMs = Math.max(0, firstMs, Math.min(atMs, durationMs - 1));
    const scene = sceneAt(tracks, speech, seenMs, this.getSnapshot());
    if (!isSameScene(scene, this.getSnapshot().scene)) this.update({ scene });
  }
}
