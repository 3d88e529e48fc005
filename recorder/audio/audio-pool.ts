import { availableParallelism } from 'node:os';
import type { Clock } from '../../service/clock.ts';
import type { Log } from '../../service/log.ts';
import type { AacFrame, AudioGap, AudioTranscoder } from './audio-transcoder.ts';
import { unpackItems } from './packed-items.ts';
import { PooledStream } from './pooled-stream.ts';
import { RestartDelay } from './restart-delay.ts';
import type { SilentFrames } from './worker-messages.ts';
import { type Answer, WorkerProcess } from './worker-process.ts';

/**
 * Packets are collected for this long, so that several of one stream meet its codecs in a row: they and their tables do
 * not stay in a processor's caches from one batch to the next.
 */
export const BATCH_MS = 100;
/** In the first moments of a stream its file waits for sound to begin: batches are short then. */
export const PROMPT_MS = 1000;
export const FLUSH_INTERVAL_MS = 20;
/** A worker takes so many streams before the next one gets any: few large batches cost less than many small ones. */
export const STREAMS_PER_WORKER = 32;
/** A worker that owes an answer for this long hangs, and is replaced. */
export const HANG_MS = 2000;
/** The same when a file waits for its end, or everything does. */
export const FINISH_TIMEOUT_MS = 1000;

/**
 * The audio workers, at most one for each core. One that dies is replaced, at once or, when it happens again and again,
 * after a while; its streams go on in the others after a short silence. A stream over which workers die is the only one
 * that waits for the next one, and at last stays silent.
 */
export class AudioPool {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #size: number;
  readonly #workerEntry: URL;
  readonly #workers = new Set<WorkerProcess>();
  readonly #streams = new Map<number, PooledStream>();
  readonly #restartDelay = new RestartDelay();
  readonly #cancelRestarts = new Set<() => void>();
  #silentFrames: Record<1 | 2, Buffer> | undefined;
  /** Undefined while there is nothing to flush. */
  #stopFlushing: (() => void) | undefined;
  #nextStream = 1;
  #promptUntilMs = Number.NEGATIVE_INFINITY;
  #lastBatchMs = Number.NEGATIVE_INFINITY;
  #restarts = 0;
  #silenced = 0;
  #dropped = 0;
  #unused = 0;
  #closed = false;

  /** @param options.workerEntry the program of a worker, for tests */
  constructor(options: { log: Log; clock: Clock; size?: number; workerEntry?: URL }) {
    this.#workerEntry = options.workerEntry ?? new URL('./audio-worker.ts', import.meta.url);
    this.#log = options.log;
    this.#clock = options.clock;
    this.#size = options.size ?? availableParallelism();
  }

  /** Forks the workers and waits until they can work, so that no stream waits for one later. */
  async start(): Promise<void> {
    const ready = await Promise.all(Array.from({ length: this.#size }, () => this.#fork().ready));
    this.#silentFrames = buffersOf(ready[0]);
  }

  /**
   * Counts since the start: workers replaced, packets dropped before a worker, packets that could not be used, streams
   * silenced because workers died over them.
   */
  stats(): Record<'workers' | 'streams' | 'restarts' | 'dropped' | 'unused' | 'silenced', number> {
    const dropped = [...this.#workers].reduce((sum, worker) => sum + worker.dropped, this.#dropped);
    const [workers, streams] = [this.#workers.size, this.#streams.size];
    return {
      workers,
      streams,
      restarts: this.#restarts,
      dropped,
      unused: this.#unused,
      silenced: this.#silenced,
    };
  }

  /** Process ids of the workers, for tests and operators. */
  get pids(): number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? []);
  }

  /** @param options.onGap sound that was lost with a worker, and is silence in the file */
  open(options: {
    channels: 1 | 2;
    onFrames(frames: AacFrame[]): void;
    onGap?(gap: AudioGap): void;
  }): AudioTranscoder {
    const { channels, onFrames, onGap = () => undefined } = options;
    const silence = this.#silentFrames?.[channels];
    if (!silence) throw new Error('the audio pool was not started');
    const id = this.#nextStream;
    this.#nextStream += 1;
    this.#promptUntilMs = this.#clock.nowMs() + PROMPT_MS;
    const stream = new PooledStream({ id, channels, silence, onFrames, onGap });
    this.#streams.set(id, stream);
    this.#keepFlushing();
    this.#give(stream, this.#workerWithRoom());
    return {
      push: ({ payload, positionSamples }) => {
        if (!stream.worker) {
          this.#dropped += 1;
          return;
        }
        stream.goOn(positionSamples);
        stream.worker.push(id, positionSamples, payload);
      },
      advance: (toSample) => {
        if (stream.worker) stream.worker.advance(id, toSample);
        else stream.beSilent(toSample);
      },
      finish: (endSample) => this.#finish(stream, endSample),
      close: () => {
        if (this.#streams.delete(id)) stream.worker?.close(id);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopFlushing?.();
    for (const cancel of this.#cancelRestarts) cancel();
    const workers = [...this.#workers];
    const cancel = this.#clock.after(FINISH_TIMEOUT_MS, () => {
      for (const worker of workers) worker.kill();
    });
    await Promise.all(workers.map((worker) => worker.end()));
    cancel();
  }

  /** Apart from `open`, whose stream the timer would hold on to. */
  #keepFlushing(): void {
    this.#stopFlushing ??= this.#clock.every(FLUSH_INTERVAL_MS, () => this.#flush());
  }

  #flush(): void {
    const nowMs = this.#clock.nowMs();
    const isDue = nowMs - this.#lastBatchMs >= BATCH_MS || nowMs < this.#promptUntilMs;
    if (isDue) this.#lastBatchMs = nowMs;
    for (const worker of this.#workers) {
      if (worker.owingMs(nowMs) >= HANG_MS) this.#killHanging(worker);
      else if (isDue) worker.flush(nowMs);
    }
    if (this.#streams.size > 0 || [...this.#workers].some(({ isBusy }) => isBusy)) return;
    this.#stopFlushing?.();
    this.#stopFlushing = undefined;
  }

  #killHanging(worker: WorkerProcess): void {
    this.#log.error('audio-worker-hangs', { pid: worker.pid });
    worker.kill();
  }

  #finish(stream: PooledStream, endSample: number): Promise<void> {
    return new Promise((resolve) => {
      const { worker } = stream;
      const cancel = this.#clock.after(FINISH_TIMEOUT_MS, () => {
        if (worker) this.#killHanging(worker);
      });
      stream.finish(endSample, () => {
        cancel();
        resolve();
      });
      worker?.flush(this.#clock.nowMs());
    });
  }

  #give(stream: PooledStream, worker: WorkerProcess | undefined): void {
    stream.worker = worker;
    worker?.open(stream.id, stream.channels, stream.nextFrame);
  }

  #fork(): WorkerProcess {
    const worker: WorkerProcess = new WorkerProcess(this.#workerEntry, {
      onAnswer: (answer) => this.#take(answer),
      onExit: () => this.#died(worker),
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
      const frames = items.slice(start, end).map(({ bytes, value }) => ({ index: value, data: bytes }));
      this.#streams.get(id ?? 0)?.hand(frames);
      start = end;
    }
    for (const id of finished) this.#streams.get(id)?.finished();
  }

  #died(dead: WorkerProcess): void {
    this.#workers.delete(dead);
    this.#dropped += dead.dropped;
    const culprit = this.#streams.get(dead.takeNote() ?? 0);
    if (this.#closed) return;
    const nowMs = this.#clock.nowMs();
    const delayMs = this.#restartDelay.next(nowMs);
    const orphans = [...this.#streams.values()].filter(({ worker }) => worker === dead);
    this.#log.error('audio-worker-died', { pid: dead.pid, streams: orphans.length, restartInMs: delayMs });
    if (culprit) this.#blame(culprit);
    for (const stream of orphans) {
      stream.breakOff();
      // Whoever may kill the next one, too, takes nobody else along.
      if (stream !== culprit) this.#give(stream, this.#workerWithRoom());
    }
    if (delayMs === 0) this.#replace();
    else this.#replaceAfter(delayMs);
  }

  #replaceAfter(delayMs: number): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#cancelRestarts.delete(cancel);
      this.#replace();
    });
    this.#cancelRestarts.add(cancel);
  }

  #blame(stream: PooledStream): void {
    stream.kills += 1;
    if (!stream.isPoisonous) return;
    this.#silenced += 1;
    this.#log.error('audio-stream-silenced', { stream: stream.id, workersKilled: stream.kills });
  }

  /** A worker in a dead one's place, for those who have none. */
  #replace(): void {
    this.#restarts += 1;
    const worker = this.#fork();
    for (const stream of this.#streams.values()) {
      if (!stream.worker && !stream.isPoisonous) this.#give(stream, worker);
    }
    worker.flush(this.#clock.nowMs());
  }

  /** Undefined while all of them are dead. */
  #workerWithRoom(): WorkerProcess | undefined {
    const load = new Map<WorkerProcess, number>([...this.#workers].map((worker) => [worker, 0]));
    for (const { worker } of this.#streams.values())
      if (worker) load.set(worker, (load.get(worker) ?? 0) + 1);
    const workers = [...load.keys()];
    const least = Math.min(...load.values());
    return (
      workers.find((worker) => (load.get(worker) ?? 0) < STREAMS_PER_WORKER) ??
      workers.find((worker) => load.get(worker) === least)
    );
  }
}

function buffersOf(frames: SilentFrames | undefined): Record<1 | 2, Buffer> | undefined {
  return frames && { 1: Buffer.from(frames[1]), 2: Buffer.from(frames[2]) };
}
