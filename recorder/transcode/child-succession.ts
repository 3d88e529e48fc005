import type { Clock } from '#service/clock.ts';
import type { ChildListener, FfmpegChild } from './ffmpeg-child.ts';

/** What the owner of a succession hears. */
export interface SuccessionListener {
  unit: ChildListener['unit'];
  /** A child is gone with these pictures in it. @param hasDied it was not told to end */
  ended(child: FfmpegChild, end: { lost: number; hasDied: boolean; complaint: string }): void;
}

/** The children of one stream, one after the other: what one still has comes out before what its successor makes. */
export class ChildSuccession {
  readonly #clock: Clock;
  readonly #listener: SuccessionListener;
  #current: FfmpegChild | undefined;
  /** It was told to end. */
  #ending: FfmpegChild | undefined;
  /** What the current one has made before the ending one was gone. */
  #early: Parameters<ChildListener['unit']>[] = [];
  #waiting: (() => void)[] = [];
  #cancelKill: () => void = () => undefined;

  constructor(clock: Clock, listener: SuccessionListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  get current(): FfmpegChild | undefined {
    return this.#current;
  }

  /** True while there are two. */
  get isChanging(): boolean {
    return this.#ending !== undefined && this.#current !== undefined;
  }

  get all(): FfmpegChild[] {
    return [this.#ending, this.#current].filter((child) => child !== undefined);
  }

  /** The next one, after `end`. @param start may throw */
  begin(start: (listener: ChildListener) => FfmpegChild): void {
    const child: FfmpegChild = start({
      unit: (...unit) => this.#take(child, unit),
      ended: (complaint) => this.#ended(child, complaint),
    });
    this.#current = child;
  }

  /** The current child finishes what it has, and is killed when that takes longer. Resolves when none is left. */
  end(withinMs: number): Promise<void> {
    if (this.#current) {
      // Of three at once the first is given up, so that nothing of it comes out of turn.
      this.#ending?.kill();
      this.#ending = this.#current;
      this.#current = undefined;
      this.#release();
      this.#ending.end();
    }
    const child = this.#ending;
    if (!child) return Promise.resolve();
    this.#cancelKill();
    this.#cancelKill = this.#clock.after(withinMs, () => child.kill());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  kill(): void {
    for (const child of this.all) child.kill();
  }

  #take(child: FfmpegChild, unit: Parameters<ChildListener['unit']>): void {
    if (child === this.#ending || (child === this.#current && !this.#ending)) this.#listener.unit(...unit);
    else if (child === this.#current) this.#early.push(unit);
  }

  #ended(child: FfmpegChild, complaint: string): void {
    const hasDied = child === this.#current;
    if (hasDied) this.#current = undefined;
    this.#listener.ended(child, { lost: child.pending, hasDied, complaint });
    if (child !== this.#ending) return;
    this.#cancelKill();
    this.#ending = undefined;
    this.#release();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const tell of waiting) tell();
  }

  #release(): void {
    const early = this.#early;
    this.#early = [];
    for (const unit of early) this.#listener.unit(...unit);
  }
}
