import {
  AAC_FRAME_SAMPLES,
  type AudioGap,
  type AudioTranscoder,
  type SoundFrame,
} from './audio-transcoder.ts';
import { SILENT_FRAMES, silentFramesBefore } from './silent-frames.ts';
import type { WorkerProcess } from './worker-process.ts';

/** So many workers may die over a stream's packets; from then on it is silence. */
export const MAX_KILLS = 3;

/**
 * Where a stream is. `quiet`: nothing of it sounds, and its silence is made here; a worker keeps its codecs if it has sounded before.
 * `placed`: a worker makes its frames. `waiting`: it sounds, no worker has it, and it is silence until one does. `silenced`: for
 * good, since workers die over it. `over`: all of its frames were handed out, or nobody wants them any more.
 */
type State =
  | { name: 'quiet'; worker: WorkerProcess | undefined }
  | { name: 'placed'; worker: WorkerProcess }
  | { name: 'waiting' | 'silenced' | 'over' };

/** A stream as the pool keeps it, so that it can go on in another worker, or in none. */
export class PooledStream {
  readonly id: number;
  readonly #channels: 1 | 2;
  readonly #onFrames: (frames: SoundFrame[]) => void;
  readonly #onGap: (gap: AudioGap) => void;
  #state: State = { name: 'quiet', worker: undefined };
  /** Workers that died over one of its packets. */
  #kills = 0;
  /** That its worker has taken. */
  #packets = 0;
  #nextFrame = 0;
  #advancedTo = 0;
  /** From where on sound is missing, up to the next that is taken; undefined while nothing is. */
  #missing: Omit<AudioGap, 'toSample'> | undefined;
  /** Nobody took the last packet. */
  #isRefused = false;
  #finish: { endSample: number; resolve: () => void } | undefined;

  constructor(options: {
    id: number;
    channels: 1 | 2;
    onFrames: (frames: SoundFrame[]) => void;
    onGap: (gap: AudioGap) => void;
  }) {
    this.id = options.id;
    this.#channels = options.channels;
    this.#onFrames = options.onFrames;
    this.#onGap = options.onGap;
  }

  get kills(): number {
    return this.#kills;
  }

  isWith(worker: WorkerProcess): boolean {
    return this.#worker === worker;
  }

  get #worker(): WorkerProcess | undefined {
    return 'worker' in this.#state ? this.#state.worker : undefined;
  }

  /** It goes on in this worker, which lives. */
  place(worker: WorkerProcess): void {
    if (this.#state.name !== 'waiting') return;
    this.#packets = 0;
    this.#goOnIn(worker);
  }

  /** Sound comes. Answers whether a worker is to be found for it. */
  wake(): boolean {
    if (this.#state.name !== 'quiet') return false;
    const { worker } = this.#state;
    if (worker) this.#goOnIn(worker);
    else this.#state = { name: 'waiting' };
    return !worker;
  }

  /** Its worker has nothing of it but silence. @param packets that it had taken by then: what came since may sound */
  rest(packets: number): void {
    if (this.#state.name !== 'placed' || packets !== this.#packets || this.#finish) return;
    const { worker } = this.#state;
    worker.rest(this.id);
    this.#state = { name: 'quiet', worker };
    this.advance(this.#advancedTo);
  }

  /** So much of what was due is not made, or is silence although sound comes. */
  get behindSamples(): number {
    if (this.#state.name === 'over' || this.#state.name === 'quiet') return 0;
    if (this.#state.name === 'placed') return this.#advancedTo - this.#nextFrame * AAC_FRAME_SAMPLES;
    return this.#isRefused && this.#missing ? this.#advancedTo - this.#missing.fromSample : 0;
  }

  /** Its worker is gone, or given up on, with everything that was on its way. */
  breakOff(cause: AudioGap['cause'] = 'audio-worker-lost'): void {
    if (this.#state.name === 'quiet') this.#state = { name: 'quiet', worker: undefined };
    if (this.#state.name !== 'placed') return;
    this.#state = { name: 'waiting' };
    this.#miss(this.#nextFrame * AAC_FRAME_SAMPLES, cause);
    if (this.#finish) this.#finishSilently();
  }

  /** A worker died over it. Answers whether it was one too many. */
  blame(): boolean {
    this.#kills += 1;
    if (this.#kills < MAX_KILLS || this.#isOver) return false;
    this.breakOff();
    if (!this.#isOver) this.#state = { name: 'silenced' };
    return true;
  }

  /** Answers false when there is nobody to take it, or a worker that is too far behind. */
  push(packet: Parameters<AudioTranscoder['push']>[0]): boolean {
    const isPlaced = this.#state.name === 'placed';
    this.#isRefused = !(this.#state.name === 'placed' && this.#state.worker.push(this.id, packet));
    if (this.#isRefused) {
      this.#miss(packet.positionSamples, isPlaced ? 'audio-worker-slow' : 'audio-worker-lost');
    } else {
      this.#packets += 1;
      this.#goOn(packet.positionSamples);
    }
    return !this.#isRefused;
  }

  /** Nothing from before this sample will come any more. */
  advance(toSample: number): void {
    this.#advancedTo = toSample;
    if (this.#state.name === 'placed') this.#state.worker.advance(this.id, toSample);
    else if (this.#state.name === 'quiet') this.#fill(silentFramesBefore(toSample));
    else if (!this.#isOver) this.#fill(Math.floor(toSample / AAC_FRAME_SAMPLES));
  }

  /** What its worker made; a frame without bytes is silence. What was made here meanwhile comes no second time. */
  hand(frames: SoundFrame[]): void {
    if (this.#state.name !== 'placed') return;
    const silence = SILENT_FRAMES[this.#channels];
    this.#give(
      frames
        .filter(({ index }) => index >= this.#nextFrame)
        .map(({ data, index }) => ({ index, data: data.length === 0 ? silence : data })),
    );
  }

  /** @param resolve is called once every frame up to this sample was handed out */
  finish(endSample: number, resolve: () => void): void {
    this.#finish = { endSample, resolve };
    if (this.#state.name === 'placed') {
      this.#goOn(endSample);
      this.#state.worker.finish(this.id, endSample);
      this.#state.worker.flush();
    } else this.#finishSilently();
  }

  /** The worker has made the last frame. */
  finished(): void {
    if (this.#finish) this.close();
  }

  /** What is still under way is not waited for: silence takes its place, and the stream is finished. */
  giveUp(): void {
    if (!this.#finish) return;
    if (this.#state.name === 'placed') this.#state.worker.close(this.id);
    this.breakOff('audio-worker-slow');
  }

  /** Lets go of its codecs; nothing is handed out any more, and nobody waits for it. */
  close(): void {
    this.#worker?.close(this.id);
    this.#state = { name: 'over' };
    this.#finish?.resolve();
  }

  #goOnIn(worker: WorkerProcess): void {
    this.#state = { name: 'placed', worker };
    worker.open({
      ...{ stream: this.id, channels: this.#channels },
      ...{ firstFrame: this.#nextFrame, silentTo: this.#advancedTo },
    });
  }

  get #isOver(): boolean {
    return this.#state.name === 'over';
  }

  #finishSilently(): void {
    if (!this.#finish) return;
    const { endSample } = this.#finish;
    this.#fill(Math.ceil(endSample / AAC_FRAME_SAMPLES));
    this.#goOn(endSample);
    this.finished();
  }

  /** There is sound again from this sample on: tells of what is missing. */
  #goOn(toSample: number): void {
    const missing = this.#missing;
    this.#missing = undefined;
    if (missing && toSample > missing.fromSample) this.#onGap({ ...missing, toSample });
  }

  #miss(fromSample: number, cause: AudioGap['cause']): void {
    const before = this.#missing ?? { fromSample, cause };
    this.#missing = { ...before, fromSample: Math.min(before.fromSample, fromSample) };
  }

  #fill(endFrame: number): void {
    const data = SILENT_FRAMES[this.#channels];
    const frames: SoundFrame[] = [];
    for (let index = this.#nextFrame; index < endFrame; index += 1) frames.push({ index, data });
    this.#give(frames);
  }

  #give(frames: SoundFrame[]): void {
    const last = frames.at(-1);
    if (!last) return;
    this.#nextFrame = last.index + 1;
    this.#onFrames(frames);
  }
}
