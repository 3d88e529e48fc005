import { AAC_FRAME_SAMPLES, type AacFrame, type AudioGap } from './audio-transcoder.ts';
import type { WorkerProcess } from './worker-process.ts';

/** So many workers may die over a stream's packets; from then on it is silence. */
export const MAX_KILLS = 3;

/** A stream as the pool keeps it, so that it can go on in another worker, or in none. */
export class PooledStream {
  readonly id: number;
  readonly channels: 1 | 2;
  readonly #onFrames: (frames: AacFrame[]) => void;
  readonly #onGap: (gap: AudioGap) => void;
  readonly #silence: Buffer;
  /** Undefined while no worker has it: then it is silent. */
  worker: WorkerProcess | undefined;
  /** Workers that died over one of its packets. */
  kills = 0;
  nextFrame = 0;
  /** Where the sound broke off with a worker's death; undefined while nothing is missing. */
  #brokenOffAt: number | undefined;
  #finish: { endSample: number; resolve: () => void } | undefined;

  constructor(options: {
    id: number;
    channels: 1 | 2;
    /** A prepared frame of it. */
    silence: Buffer;
    onFrames: (frames: AacFrame[]) => void;
    onGap: (gap: AudioGap) => void;
  }) {
    this.id = options.id;
    this.channels = options.channels;
    this.#silence = options.silence;
    this.#onFrames = options.onFrames;
    this.#onGap = options.onGap;
  }

  get isPoisonous(): boolean {
    return this.kills >= MAX_KILLS;
  }

  /** What a worker made; a frame without bytes is silence. */
  hand(frames: AacFrame[]): void {
    if (frames.length === 0) return;
    this.nextFrame = (frames.at(-1)?.index ?? 0) + 1;
    this.#onFrames(
      frames.map(({ data, index }) => ({ index, data: data.length === 0 ? this.#silence : data })),
    );
  }

  /** Its worker is gone, with everything that was on its way. */
  breakOff(): void {
    this.worker = undefined;
    this.#brokenOffAt ??= this.nextFrame * AAC_FRAME_SAMPLES;
    if (this.#finish) this.#finishSilently(this.#finish.endSample);
  }

  /** There is sound again from this sample on: tells of what is missing. */
  goOn(toSample: number): void {
    const fromSample = this.#brokenOffAt;
    this.#brokenOffAt = undefined;
    if (fromSample !== undefined && toSample > fromSample) this.#onGap({ fromSample, toSample });
  }

  /** Silence up to this sample, while no worker has the stream. */
  beSilent(toSample: number): void {
    this.#fill(Math.floor(toSample / AAC_FRAME_SAMPLES));
  }

  /** @param resolve is called once every frame up to this sample was handed out */
  finish(endSample: number, resolve: () => void): void {
    this.#finish = { endSample, resolve };
    this.goOn(endSample);
    if (this.worker) this.worker.finish(this.id, endSample);
    else this.#finishSilently(endSample);
  }

  finished(): void {
    this.#finish?.resolve();
  }

  #finishSilently(endSample: number): void {
    this.#fill(Math.ceil(endSample / AAC_FRAME_SAMPLES));
    this.goOn(endSample);
    this.finished();
  }

  #fill(endFrame: number): void {
    const first = this.nextFrame;
    const missing = Math.max(0, endFrame - first);
    this.hand(Array.from({ length: missing }, (_, index) => ({ index: first + index, data: this.#silence })));
  }
}
