import { availableParallelism } from 'node:os';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { Patience } from '#service/progress-watch.ts';
import type { AudioTranscoder, SoundMaker } from './audio-transcoder.ts';
import { unpackItems } from './packed-items.ts';
import { PooledStream } from './pooled-stream.ts';
import { RestartDelay } from './restart-delay.ts';
import { type Answer, WorkerProcess } from './worker-process.ts';

/**
 * Packets are collected for this long, so that several of one stream meet its codecs in a row: they and their tables do
 * not stay in a processor's caches from one batch to the next.
 */
export const BATCH_MS = 100;
/** In the first moments of a stream its file waits for sound to begin: batches are short then. */
export const PROMPT_MS = 1000;
export const FLUSH_INTERVAL_MS = 20;
/** More than this between two looks was our own delay, and nobody else's. */
const TURN_MS = 2 * FLUSH_INTERVAL_MS;
/** A worker takes so many streams before the next one gets any: few large batches cost less than many small ones. */
export const STREAMS_PER_WORKER = 32;
/** Workers that are told to end have so long for it. */
export const END_WITHIN_MS = 1000;

/**
 * The audio workers, at most one for each core. One that is lost is replaced, at once or, when it happens again and again,
 * after a while; its streams go on in the others after a short silence. A stream over which workers die is the only one
 * that waits for the next one, and at last stays silent.
 */
export class AudioPool implements SoundMaker {
  readonly codec = 'aac';
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #size: number;
  readonly #workerEntry: URL;
  /** Those that live, as far as we know: whoever is lost is in here no more, and gets no stream. */
  readonly #workers = new Set<WorkerProcess>();
  readonly #streams = new Map<number, PooledStream>();
  readonly #restartDelay = new RestartDelay();
  readonly #patience = new Patience();
  readonly #cancelRestarts = new Set<() => void>();
  readonly #started = Promise.withResolvers<void>();
  /** Undefined while there is nothing to flush. */
  #stopFlushing: (() => void) | undefined;
  #nextStream = 1;
  #promptUntilMs = Number.NEGATIVE_INFINITY;
  #lastFlushMs = 0;
  #lastBatchMs = Number.NEGATIVE_INFINITY;
  #losses = 0;
  #restarts = 0;
  #silenced = 0;
  #dropped = 0;
  #unused = 0;
  #batches = 0;
  #closed = false;

  /** @param options.workerEntry the program of a worker, for tests */
  constructor(options: { log: Log; clock: Clock; size?: number; workerEntry?: URL }) {
    this.#workerEntry = options.workerEntry ?? new URL('./audio-worker.ts', import.meta.url);
    this.#log = options.log;
    this.#clock = options.clock;
    this.#size = options.size ?? availableParallelism();
  }

  /**
   * Forks the workers. Streams may be opened at once: what they bring waits. Resolves once one of them can work.
   * @throws Error when none of them could: sound cannot be recorded on this machine
   */
  start(): Promise<void> {
    for (let index = 0; index < this.#size; index += 1) this.#fork();
    return this.#started.promise;
  }

  /**
   * Counts since the start: workers replaced, packets dropped before a worker, packets that could not be used, streams
   * silenced because workers died over them, messages to workers.
   */
  stats(): Record<
    'workers' | 'streams' | 'restarts' | 'dropped' | 'unused' | 'silenced' | 'batches',
    number
  > {
    const [workers, streams] = [this.#workers.size, this.#streams.size];
    return {
      workers,
      streams,
      batches: this.#batches,
      restarts: this.#restarts,
      dropped: this.#dropped,
      unused: this.#unused,
      silenced: this.#silenced,
    };
  }

  /** Process ids of the workers, for tests and operators. */
  get pids(): number[] {
    return [...this.#workers].flatMap((worker) => worker.pid ?? []);
  }

  open(options: Parameters<SoundMaker['open']>[0]): AudioTranscoder {
    const { channels, onFrames, onGap = () => undefined } = options;
    const id = this.#nextStream;
    this.#nextStream += 1;
    this.#promptUntilMs = this.#clock.nowMs() + PROMPT_MS;
    const stream = new PooledStream({ id, channels, onFrames, onGap });
    this.#streams.set(id, stream);
    this.#keepFlushing();
    return {
      push: (packet) => {
        if (stream.wake()) this.#place(stream);
        if (!stream.push(packet)) this.#dropped += 1;
      },
      advance: (toSample) => stream.advance(toSample),
      finish: (endSample) => new Promise((resolve) => stream.finish(endSample, resolve)),
      giveUp: () => stream.giveUp(),
      close: () => {
        stream.close();
        this.#streams.delete(id);
      },
      get behindSamples() {
        return stream.behindSamples;
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopFlushing?.();
    for (const cancel of this.#cancelRestarts) cancel();
    const workers = [...this.#workers];
    const cancel = this.#clock.after(END_WITHIN_MS, () => {
      for (const worker of workers) worker.kill();
    });
    await Promise.all(workers.map((worker) => worker.end()));
    cancel();
  }

  /** Apart from `open`, whose stream the timer would hold on to. */
  #keepFlushing(): void {
    if (this.#stopFlushing) return;
    this.#lastFlushMs = this.#clock.nowMs();
    this.#stopFlushing = this.#clock.every(FLUSH_INTERVAL_MS, () => this.#flush());
  }

  #flush(): void {
    const nowMs = this.#clock.nowMs();
    const passedMs = Math.min(nowMs - this.#lastFlushMs, TURN_MS);
    this.#lastFlushMs = nowMs;
    const isDue = nowMs - this.#lastBatchMs >= BATCH_MS || nowMs < this.#promptUntilMs;
    if (isDue) this.#lastBatchMs = nowMs;
    for (const worker of [...this.#workers]) {
      const failing = worker.failing(passedMs, this.#patience.at(nowMs));
      if (failing) {
        this.#patience.lost(nowMs);
        this.#lose(worker, failing);
      } else if (isDue && worker.flush()) this.#batches += 1;
    }
    if (this.#streams.size > 0 || [...this.#workers].some(({ isBusy }) => isBusy)) return;
    this.#stopFlushing?.();
    this.#stopFlushing = undefined;
  }

  #fork(): WorkerProcess | undefined {
    try {
      const worker: WorkerProcess = new WorkerProcess(this.#workerEntry, {
        onReady: () => {
          this.#started.resolve();
          worker.flush();
        },
        onAnswer: (answer) => {
          if (this.#workers.has(worker)) this.#take(answer);
        },
        onEnd: (how) => this.#lose(worker, how),
      });
      this.#workers.add(worker);
      return worker;
    } catch (cause) {
      // No process can be made now: too many of them, too little memory, no room for its note.
      this.#log.error('audio-worker-not-started', { cause: (cause as Error).message });
      this.#replaceLater();
      return undefined;
    }
  }

  #take({ finished, frames, rested, unused }: Answer): void {
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
    for (const [id, packets] of rested) this.#streams.get(id)?.rest(packets);
  }

  /** It has ended, or is given up: from here on nothing of it counts. */
  #lose(worker: WorkerProcess, why: string): void {
    if (!this.#workers.delete(worker) || this.#closed) return;
    const culprit = this.#streams.get(worker.workedOn ?? 0);
    worker.kill();
    const orphans = [...this.#streams.values()].filter((stream) => stream.isWith(worker));
    for (const stream of orphans) stream.breakOff();
    if (culprit?.blame()) this.#silenced += 1;
    // Whoever may kill the next one, too, takes nobody else along.
    for (const stream of orphans) if (stream !== culprit) this.#place(stream);
    const restartInMs = this.#replaceLater();
    this.#log.error('audio-worker-lost', {
      ...{ pid: worker.pid, why, streams: orphans.length, restartInMs },
      ...(culprit && { over: culprit.id, workersLostOverIt: culprit.kills }),
    });
    this.#losses += 1;
    if (this.#losses >= this.#size) this.#started.reject(new Error(`The audio workers do not work: ${why}.`));
  }

  /** Answers when there will be another worker. */
  #replaceLater(): number {
    const delayMs = this.#restartDelay.next(this.#clock.nowMs());
    if (delayMs === 0) this.#replace();
    else {
      const cancel = this.#clock.after(delayMs, () => {
        this.#cancelRestarts.delete(cancel);
        this.#replace();
      });
      this.#cancelRestarts.add(cancel);
    }
    return delayMs;
  }

  /** A worker in a lost one's place, for those who have none. */
  #replace(): void {
    this.#restarts += 1;
    const worker = this.#fork();
    if (worker) for (const stream of this.#streams.values()) stream.place(worker);
  }

  /** With a worker that has room, or the one with the fewest; with none while all of them are lost. */
  #place(stream: PooledStream): void {
    const loads = [...this.#workers].map((worker) => ({
      worker,
      streams: [...this.#streams.values()].filter((other) => other.isWith(worker)).length,
    }));
    const withRoom = loads.find(({ streams }) => streams < STREAMS_PER_WORKER);
    const [least] = loads.toSorted((a, b) => a.streams - b.streams);
    const chosen = withRoom ?? least;
    if (chosen) stream.place(chosen.worker);
  }
}
