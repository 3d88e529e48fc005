import type { Clock } from '../ports/clock.ts';
import type { FlvPlayer } from '../ports/flv-player.ts';
import { Store } from '../store.ts';
import { GroupClock } from './group-clock.ts';
import { Member } from './member.ts';
import { durationOf, type PlaybackTrack } from './tracks.ts';

const TICK_MS = 50;
const SHOWN_MS = 100;
/** Files that begin within this time are opened already. */
const AHEAD_MS = 5000;
/** Files that are this far away are closed: each one holds a part of it in memory. */
const BEHIND_MS = 30_000;

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export interface PlaybackSnapshot {
  /** `waiting`: somebody's file is not there yet, and everybody is held for it. */
  readonly status: 'paused' | 'playing' | 'waiting' | 'ended';
  readonly positionMs: number;
  readonly durationMs: number;
  readonly rate: number;
  /** By the id of their file. */
  readonly muted: ReadonlySet<string>;
  /** Only this one is heard. */
  readonly solo: string | undefined;
  /** Files that cannot be played, with the player's own words. */
  readonly failed: ReadonlyMap<string, string>;
}

/**
 * Plays all files of a recording at once, held to one clock: each begins and ends where it lies on the recording's
 * common clock, and nobody runs ahead of the others, whatever their decoders and connections do.
 */
export class GroupPlayback extends Store<PlaybackSnapshot> {
  readonly #clock: Clock;
  readonly #player: FlvPlayer;
  readonly #transport: GroupClock;
  readonly #members = new Map<string, Member>();
  #pictures: ReadonlySet<string> = new Set();
  #wantsToPlay = false;
  #cancel: (() => void) | undefined;

  constructor(tracks: readonly PlaybackTrack[], clock: Clock, player: FlvPlayer) {
    const durationMs = durationOf(tracks);
    super({
      status: 'paused',
      positionMs: 0,
      durationMs,
      rate: 1,
      muted: new Set(),
      solo: undefined,
      failed: new Map(),
    });
    this.#clock = clock;
    this.#player = player;
    this.#transport = new GroupClock(durationMs);
    this.setTracks(tracks);
  }

  /** The files as they are now: more of them, or longer ones, while the recording is still being made. */
  setTracks(tracks: readonly PlaybackTrack[]): void {
    for (const track of tracks) {
      const known = this.#members.get(track.id);
      if (known) known.track = track;
      else
        this.#members.set(
          track.id,
          new Member(track, this.#player, (detail) => this.#fail(track.id, detail)),
        );
    }
    this.#measure();
  }

  /** Where a file is shown and heard; without an element it is neither. */
  attach(id: string, element: HTMLVideoElement | undefined): void {
    this.#members.get(id)?.attach(element);
    if (element) this.#cancel ??= this.#clock.every(TICK_MS, () => this.#tick());
    this.#applySound();
  }

  /** Whose pictures are decoded; the others are heard only. */
  show(ids: ReadonlySet<string>): void {
    this.#pictures = ids;
  }

  play(): void {
    if (this.getSnapshot().status === 'ended') this.seek(0);
    this.#wantsToPlay = true;
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
    this.#transport.seek(positionMs, this.#clock.nowMs());
    // A new place is waited for by everybody, so that they go on together.
    this.#transport.hold(this.#clock.nowMs());
    for (const member of this.#members.values()) member.leavePlace();
    this.#tick();
  }

  setRate(rate: number): void {
    this.#transport.setRate(rate, this.#clock.nowMs());
    this.update({ rate });
  }

  toggleMuted(id: string): void {
    const muted = new Set(this.getSnapshot().muted);
    if (!muted.delete(id)) muted.add(id);
    this.update({ muted });
    this.#applySound();
  }

  toggleSolo(id: string): void {
    this.update({ solo: this.getSnapshot().solo === id ? undefined : id });
    this.#applySound();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const member of this.#members.values()) member.attach(undefined);
  }

  #fail(id: string, detail: string): void {
    this.update({ failed: new Map(this.getSnapshot().failed).set(id, detail) });
  }

  #measure(): void {
    const durationMs = [...this.#members.values()].reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
    if (durationMs === this.#transport.durationMs) return;
    this.#transport.setDuration(durationMs, this.#clock.nowMs());
    this.update({ durationMs });
  }

  #applySound(): void {
    const { muted, solo } = this.getSnapshot();
    for (const [id, member] of this.#members) {
      member.setMuted(muted.has(id) || (solo !== undefined && solo !== id));
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
    const present = members.filter((member) => this.#prepare(member, positionMs));
    const isWaiting = present.some((member) => !member.isReady(positionMs - member.track.startMs));
    const runs = this.#wantsToPlay && !isWaiting;
    if (runs) transport.run(nowMs);
    else transport.hold(nowMs);
    for (const member of present) {
      const fileMs = positionMs - member.track.startMs;
      if (runs) member.run(fileMs, transport.rate);
      else member.stand(fileMs);
    }
    const status = isOver ? 'ended' : !this.#wantsToPlay ? 'paused' : isWaiting ? 'waiting' : 'playing';
    this.#show(status, positionMs);
  }

  /** Opens what is near and closes what is far. @returns whether it takes part at this position */
  #prepare(member: Member, positionMs: number): boolean {
    const { endMs, track } = member;
    const isNear = positionMs > track.startMs - AHEAD_MS && positionMs < endMs + BEHIND_MS;
    if (!isNear || this.getSnapshot().failed.has(track.id)) {
      member.release();
      return false;
    }
    member.open(this.#pictures.has(track.id));
    if (positionMs >= track.startMs && positionMs < endMs) return true;
    member.stand(positionMs < endMs ? 0 : endMs - track.startMs);
    return false;
  }

  /** Pages are drawn ten times a second at most, and at every change of status. */
  #show(status: PlaybackSnapshot['status'], positionMs: number): void {
    const before = this.getSnapshot();
    const hasMoved = Math.abs(positionMs - before.positionMs) >= SHOWN_MS;
    if (status !== before.status || hasMoved || (status !== 'playing' && positionMs !== before.positionMs)) {
      this.update({ status, positionMs });
    }
  }
}
