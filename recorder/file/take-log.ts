import type { Interval, ManifestFile } from '#protocol/manifest.ts';
import type { FileSource, Kind } from '#protocol/people.ts';
import { GapLog } from './gap-log.ts';
import { LossLog } from './loss-log.ts';

/** Pauses longer than these are gaps. A screen that does not change sends nothing, and nothing is missing. */
export const GAP_MS = { audio: 100, camera: 1000, screen: Number.POSITIVE_INFINITY } as const;

/** What comes on top extends the last one. */
export const MAX_INTERVALS = 5000;

/**
 * What of a take's media is due, and when they were not, or were missing: what its manifest says of that. All instants are
 * epoch milliseconds on the SFU's clock.
 */
export class TakeLog {
  readonly gaps: Readonly<Record<Kind, GapLog>>;
  readonly losses = new LossLog();
  readonly #live: Record<Kind, boolean> = { audio: false, video: false };
  /** Not live, by nobody's wish. */
  readonly #silenced: Record<Kind, boolean> = { audio: false, video: false };
  readonly #off: Record<Kind, IntervalLog> = { audio: new IntervalLog(), video: new IntervalLog() };

  constructor(source: FileSource, nowMs: number) {
    this.gaps = {
      audio: new GapLog(GAP_MS.audio, 'starting'),
      video: new GapLog(GAP_MS[source], 'keyframe'),
    };
    this.#off.audio.open(nowMs);
    this.#off.video.open(nowMs);
  }

  /** The media that are due. */
  get live(): Readonly<Record<Kind, boolean>> {
    return this.#live;
  }

  /**
   * @param silenced not live, and nobody chose that: what is missing is a gap
   * @param hasBegun before a file begins there is nothing in it that could be muted
   * @returns whether media of this kind were due, and are no more
   */
  setLive(kind: Kind, live: boolean, atMs: number, silenced: boolean, hasBegun: boolean): boolean {
    const wasLive = this.#live[kind];
    if (wasLive === live && this.#silenced[kind] === silenced) return false;
    this.#live[kind] = live;
    this.#silenced[kind] = silenced;
    if (live || silenced) {
      if (hasBegun) this.#off[kind].close(atMs);
      else this.#off[kind] = new IntervalLog();
      this.gaps[kind].expect(atMs);
      if (silenced) this.gaps[kind].interrupt('system-muted', atMs);
    } else {
      this.#off[kind].open(atMs);
      this.gaps[kind].rest(atMs);
    }
    return wasLive && !live;
  }

  /** As the manifest has it: counted from `startedAtMs`, and nothing from before the first tag. */
  describe(
    untilMs: number,
    originMs: number,
    startedAtMs: number,
  ): Pick<ManifestFile, 'muted' | 'cameraOff' | 'gaps' | 'losses'> {
    const within = <T extends Interval>(intervals: readonly T[]): T[] =>
      intervals
        .filter(({ toMs }) => toMs > originMs)
        .map((interval) => ({
          ...interval,
          fromMs: Math.max(interval.fromMs, originMs) - startedAtMs,
          toMs: interval.toMs - startedAtMs,
        }));
    const gapsOf = (kind: Kind) => within(this.gaps[kind].until(untilMs)).map((gap) => ({ ...gap, kind }));
    return {
      muted: within(this.#off.audio.until(untilMs)),
      cameraOff: within(this.#off.video.until(untilMs)),
      gaps: [...gapsOf('audio'), ...gapsOf('video')],
      losses: this.losses.since(startedAtMs),
    };
  }
}

/** The times during which something held (muted, camera off), as the manifest lists them. */
export class IntervalLog {
  readonly #closed: Interval[] = [];
  #openMs: number | undefined;

  /** It holds from here on; no effect when it does already. */
  open(atMs: number): void {
    this.#openMs ??= atMs;
  }

  close(atMs: number): void {
    if (this.#openMs === undefined) return;
    const last = this.#closed.at(-1);
    if (last && this.#closed.length >= MAX_INTERVALS) last.toMs = Math.max(last.toMs, atMs);
    else if (atMs > this.#openMs) this.#closed.push({ fromMs: this.#openMs, toMs: atMs });
    this.#openMs = undefined;
  }

  /** All intervals; one that is still open ends at `nowMs`. */
  until(nowMs: number): Interval[] {
    if (this.#openMs === undefined || nowMs <= this.#openMs) return [...this.#closed];
    return [...this.#closed, { fromMs: this.#openMs, toMs: nowMs }];
  }
}
