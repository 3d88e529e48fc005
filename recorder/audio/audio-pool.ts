import { availableParallelism } from 'node:os';
import type { Clock } from '../../service/clock.ts';
import type { Log } from '../../service/log.ts';
import type { AacFrame, AudioTranscoder } from './audio-transcoder.ts';
import type { FromWorker } from './worker-messages.ts';
import { WorkerProcess } from './worker-process.ts';

/** Messages are collected for this long: a packet of 20 ms waits half of it on average. */
export const FLUSH_INTERVAL_MS = 20;
/** A worker that has not finished a stream within this time hangs, and is replaced. */
export const FINISH_TIMEOUT_MS = 1000;

type OnFrames = (frames: AacFrame[]) => void;

/** A stream as the pool keeps it, so that it can go on in another worker. */
interface Stream {
  id: number;
  channels: 1 | 2;
  onFrames: OnFrames;
  worker: WorkerProcess;
  nextFrame: number;
  finish: { endSample: number; resolve: () => void } | undefined;
}

/** The audio workers, at most one for each core. One that dies is replaced; its streams go on after a short silence. */
export class AudioPool {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #size: number;
  readonly #workers = new Set<WorkerProcess>();
  readonly #streams = new Map<number, Stream>();
  #stopFlushing: (() => void) | undefined;
  #nextStream = 1;
  #restarts = 0;
  #closed = false;

  constructor(options: { log: Log; clock: Clock; size?: number }) {
    this.#log = options.log;
    this.#clock = options.clock;
    this.#size = options.size ?? availableParallelism();
  }

  /** Forks the workers and waits until they can work, so that no stream waits for one later. */
  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.#size }, () => this.#fork().ready));
    this.#stopFlushing = this.#clock.every(FLUSH_INTERVAL_MS, () => {
      for (const worker of this.#workers) worker.flush();
    });
  }

  stats(): { workers: number; streams: number; restarts: number; dropped: number } {
    const dropped = [...this.#workers].reduce((sum, worker) => sum + worker.dropped, 0);
    return { workers: this.#workers.size, streams: this.#streams.size, restarts: this.#restarts, dropped };
  }

  /** Process ids of the workers, for tests and operators. */
  get pids(): number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? []);
  }

  open(options: { channels: 1 | 2; onFrames: OnFrames }): AudioTranscoder {
    const { channels, onFrames } = options;
    const stream: Stream = {
      id: this.#nextStream,
      channels,
      onFrames,
      worker: this.#leastLoaded(),
      nextFrame: 0,
      finish: undefined,
    };
    this.#nextStream += 1;
    this.#streams.set(stream.id, stream);
    this.#begin(stream);
    const { id } = stream;
    return {
      push: ({ payload, positionSamples }) =>
        stream.worker.queue({ type: 'push', stream: id, positionSamples, payload }),
      advance: (toSample) => stream.worker.queue({ type: 'advance', stream: id, toSample }),
      finish: (endSample) => this.#finish(stream, endSample),
      close: () => {
        if (this.#streams.delete(id)) stream.worker.queue({ type: 'close', stream: id });
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopFlushing?.();
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  #finish(stream: Stream, endSample: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(FINISH_TIMEOUT_MS, () => {
        this.#log.error('audio-worker-hangs', { pid: stream.worker.pid });
        stream.worker.kill();
      });
      stream.finish = {
        endSample,
        resolve: () => {
          cancel();
          resolve();
        },
      };
      stream.worker.queue({ type: 'finish', stream: stream.id, endSample });
      stream.worker.flush();
    });
  }

  #begin(stream: Stream): void {
    const { channels, id, nextFrame, worker } = stream;
    worker.queue({ type: 'open', stream: id, channels, firstFrame: nextFrame });
    if (!stream.finish) return;
    worker.queue({ type: 'finish', stream: id, endSample: stream.finish.endSample });
    worker.flush();
  }

  #fork(): WorkerProcess {
    const worker: WorkerProcess = new WorkerProcess({
      onMessages: (messages) => {
        for (const message of messages) this.#take(message);
      },
      onExit: () => this.#replace(worker),
    });
    // Who waits is told by start(); later it is the exit that counts.
    worker.ready.catch((cause: Error) => this.#log.error('audio-worker-failed', { cause: cause.message }));
    this.#workers.add(worker);
    return worker;
  }

  #take(message: FromWorker): void {
    if (message.type === 'ready') return;
    const stream = this.#streams.get(message.stream);
    if (!stream) return;
    if (message.type === 'finished') {
      stream.finish?.resolve();
      return;
    }
    // The channel hands out plain byte arrays.
    const frames = message.frames.map(({ data, index }) => ({ index, data: Buffer.from(data) }));
    stream.nextFrame = (frames.at(-1)?.index ?? stream.nextFrame - 1) + 1;
    stream.onFrames(frames);
  }

  #replace(dead: WorkerProcess): void {
    this.#workers.delete(dead);
    if (this.#closed) return;
    this.#restarts += 1;
    const worker = this.#fork();
    const moved = [...this.#streams.values()].filter((stream) => stream.worker === dead);
    this.#log.error('audio-worker-died', { pid: dead.pid, streams: moved.length });
    for (const stream of moved) {
      stream.worker = worker;
      this.#begin(stream);
    }
  }

  #leastLoaded(): WorkerProcess {
    const load = (worker: WorkerProcess) =>
      [...this.#streams.values()].filter((stream) => stream.worker === worker).length;
    const [first, ...others] = [...this.#workers];
    if (!first) throw new Error('the audio pool was not started');
    return others.reduce((least, worker) => (load(worker) < load(least) ? worker : least), first);
  }
}
