import { availableParallelism } from 'node:os';
import type { Clock } from '../../service/clock.ts';
import type { Log } from '../../service/log.ts';
import type { AacFrame, AudioGap, AudioTranscoder } from './audio-transcoder.ts';
import { AAC_FRAME_SAMPLES } from './audio-transcoder.ts';
import { type Item, unpackItems } from './packed-items.ts';
import type { SilentFrames } from './worker-messages.ts';
import { type Answer, WorkerProcess } from './worker-process.ts';

/** Packets are collected for this long: one of 20 ms waits half of it on average. */
export const FLUSH_INTERVAL_MS = 20;
/** A worker takes so many streams before the next one gets any: few large batches cost less than many small ones. */
export const STREAMS_PER_WORKER = 32;
/** A worker that owes an answer for this long hangs, and is replaced. */
export const HANG_MS = 2000;
/** The same when a file waits for its end, or everything does. */
export const FINISH_TIMEOUT_MS = 1000;

type OnFrames = (frames: AacFrame[]) => void;
type OnGap = (gap: AudioGap) => void;

/** A stream as the pool keeps it, so that it can go on in another worker. */
interface Stream {
  id: number;
  channels: 1 | 2;
  onFrames: OnFrames;
  onGap: OnGap;
  worker: WorkerProcess;
  nextFrame: number;
  /** Where the sound broke off with a worker's death; undefined while nothing is missing. */
  brokenOffAt: number | undefined;
  finish: { endSample: number; resolve: () => void } | undefined;
}

/** The audio workers, at most one for each core. One that dies is replaced; its streams go on after a short silence. */
export class AudioPool {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #size: number;
  readonly #workers = new Set<WorkerProcess>();
  readonly #streams = new Map<number, Stream>();
  #silentFrames: Record<1 | 2, Buffer> | undefined;
  #stopFlushing: (() => void) | undefined;
  #nextStream = 1;
  #restarts = 0;
  #dropped = 0;
  #unused = 0;
  #closed = false;

  constructor(options: { log: Log; clock: Clock; size?: number }) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#size = options.size ?? availableParallelism();
  }

  /** Forks the workers and waits until they can work, so that no stream waits for one later. */
  async start(): Promise<void> {
    const ready = await Promise.all(Array.from({ length: this.#size }, () => this.#fork().ready));
    this.#silentFrames = buffersOf(ready[0]);
    this.#stopFlushing = this.#clock.every(FLUSH_INTERVAL_MS, () => this.#flush());
  }

  /** Counts since the start: workers replaced, packets dropped before a worker, packets that could not be used. */
  stats(): { workers: number; streams: number; restarts: number; dropped: number; unused: number } {
    const dropped = [...this.#workers].reduce((sum, worker) => sum + worker.dropped, this.#dropped);
    const [workers, streams] = [this.#workers.size, this.#streams.size];
    return { workers, streams, restarts: this.#restarts, dropped, unused: this.#unused };
  }

  /** Process ids of the workers, for tests and operators. */
  get pids(): number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? []);
  }

  /** @param options.onGap sound that was lost with a worker, and is silence in the file */
  open(options: { channels: 1 | 2; onFrames: OnFrames; onGap?: OnGap }): AudioTranscoder {
    const { channels, onFrames, onGap = () => undefined } = options;
    const id = this.#nextStream;
    const worker = this.#workerWithRoom();
    const stream: Stream = {
      id,
      channels,
      onFrames,
      onGap,
      worker,
      nextFrame: 0,
      brokenOffAt: undefined,
      finish: undefined,
    };
    this.#nextStream += 1;
    this.#streams.set(id, stream);
    worker.open(id, channels, 0);
    return {
      push: ({ payload, positionSamples }) => {
        this.#goOn(stream, positionSamples);
        stream.worker.push(id, positionSamples, payload);
      },
      advance: (toSample) => stream.worker.advance(id, toSample),
      finish: (endSample) => this.#finish(stream, endSample),
      close: () => {
        if (this.#streams.delete(id)) stream.worker.close(id);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopFlushing?.();
    const workers = [...this.#workers];
    const cancel = this.#clock.after(FINISH_TIMEOUT_MS, () => {
      for (const worker of workers) worker.kill();
    });
    await Promise.all(workers.map((worker) => worker.end()));
    cancel();
  }

  #flush(): void {
    const nowMs = this.#clock.nowMs();
    for (const worker of this.#workers) {
      if (worker.owingMs(nowMs) >= HANG_MS) this.#killHanging(worker);
      else worker.flush(nowMs);
    }
  }

  #killHanging(worker: WorkerProcess): void {
    this.#log.error('audio-worker-hangs', { pid: worker.pid });
    worker.kill();
  }

  /** Tells of the sound that is missing since a worker died. */
  #goOn(stream: Stream, toSample: number): void {
    const fromSample = stream.brokenOffAt;
    stream.brokenOffAt = undefined;
    if (fromSample !== undefined && toSample > fromSample) stream.onGap({ fromSample, toSample });
  }

  #finish(stream: Stream, endSample: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(FINISH_TIMEOUT_MS, () => this.#killHanging(stream.worker));
      stream.finish = {
        endSample,
        resolve: () => {
          cancel();
          resolve();
        },
      };
      this.#goOn(stream, endSample);
      stream.worker.finish(stream.id, endSample);
      stream.worker.flush(this.#clock.nowMs());
    });
  }

  #fork(): WorkerProcess {
    const worker: WorkerProcess = new WorkerProcess({
      onAnswer: (answer) => this.#take(answer),
      onExit: () => this.#replace(worker),
    });
    // Who waits is told by start(); later it is the exit that counts.
    worker.ready.catch((cause: Error) => this.#log.error('audio-worker-failed', { cause: cause.message }));
    this.#workers.add(worker);
    return worker;
  }

  #take({ finished, frames, unused }: Answer): void {
    this.#unused += unused;
    const items = unpackItems(frames);
    for (let start = 0; start < items.length; ) {
      const id = items[start]?.stream;
      let end = start;
      while (end < items.length && items[end]?.stream === id) end += 1;
      const stream = this.#streams.get(id ?? 0);
      if (stream) this.#hand(stream, items.slice(start, end));
      start = end;
    }
    for (const id of finished) this.#streams.get(id)?.finish?.resolve();
  }

  #hand(stream: Stream, items: Item[]): void {
    const silence = this.#silentFrames?.[stream.channels];
    const frames = items.map(({ bytes, value }) => ({
      index: value,
      data: bytes.length === 0 && silence ? silence : bytes,
    }));
    stream.nextFrame = (frames.at(-1)?.index ?? stream.nextFrame - 1) + 1;
    stream.onFrames(frames);
  }

  #replace(dead: WorkerProcess): void {
    this.#workers.delete(dead);
    this.#dropped += dead.dropped;
    if (this.#closed) return;
    this.#restarts += 1;
    const worker = this.#fork();
    const moved = [...this.#streams.values()].filter((stream) => stream.worker === dead);
    this.#log.error('audio-worker-died', { pid: dead.pid, streams: moved.length });
    for (const stream of moved) {
      stream.worker = worker;
      stream.brokenOffAt ??= stream.nextFrame * AAC_FRAME_SAMPLES;
      worker.open(stream.id, stream.channels, stream.nextFrame);
      if (stream.finish) worker.finish(stream.id, stream.finish.endSample);
    }
    worker.flush(this.#clock.nowMs());
  }

  #workerWithRoom(): WorkerProcess {
    const load = new Map<WorkerProcess, number>([...this.#workers].map((worker) => [worker, 0]));
    for (const { worker } of this.#streams.values()) load.set(worker, (load.get(worker) ?? 0) + 1);
    const workers = [...load.keys()];
    const least = Math.min(...load.values());
    const found =
      workers.find((worker) => (load.get(worker) ?? 0) < STREAMS_PER_WORKER) ??
      workers.find((worker) => load.get(worker) === least);
    if (!found) throw new Error('the audio pool was not started');
    return found;
  }
}

function buffersOf(frames: SilentFrames | undefined): Record<1 | 2, Buffer> | undefined {
  return frames && { 1: Buffer.from(frames[1]), 2: Buffer.from(frames[2]) };
}
