import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sampleProcess } from '#service/process-sample.ts';
import { ProgressWatch } from '#service/progress-watch.ts';
import type { AudioTranscoder } from './audio-transcoder.ts';
import { WorkNote } from './work-note.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';
import { WorkerQueue } from './worker-queue.ts';

/** Batches under way to a worker; more wait, and become one. */
const MAX_UNANSWERED = 4;
/** One that owes an answer is looked at this often. */
const LOOK_MS = 250;
/** One that cannot work after so much of our own time never will. */
export const START_LIMIT_MS = 30_000;

/**
 * All that a worker gets: a process that decodes what strangers send has no business with our secrets. With it glibc gives a
 * codec's memory back to the system when its stream has ended, instead of keeping it between those of others.
 */
const ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '65536' };
/**
 * Next to nothing in a worker outlives a packet: a larger young generation would only be memory, and more threads to collect
 * it only work.
 */
const FLAGS = ['--max-semi-space-size=2', '--single-threaded-gc'];

export type Answer = Extract<FromWorker, { type: 'answer' }>;

/** Why a worker is to be given up. */
export type Failing = 'hangs' | 'does-not-start';

/** It gets work once it is ready for it, and its end is told once. */
type State = 'starting' | 'working' | 'ended';

export interface WorkerEvents {
  onReady(): void;
  onAnswer(answer: Answer): void;
  /** It is gone, or could not be started at all. */
  onEnd(how: string): void;
}

/** One forked audio worker, and what is on its way to it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #events: WorkerEvents;
  readonly #note = new WorkNote();
  readonly #watch = new ProgressWatch();
  readonly #queue = new WorkerQueue();
  #state: State = 'starting';
  #unanswered = 0;
  #answers = 0;
  #sinceLookMs = 0;
  #startingMs = 0;

  constructor(entry: URL, events: WorkerEvents) {
    this.#events = events;
    this.#child = forked(entry, this.#note);
    this.#child.on('message', (message: FromWorker) => this.#hear(message));
    this.#child.once('exit', (code, signal) => this.#ended(signal ?? `status ${code}`));
    // A program that cannot be started has no exit; of one that runs it only says that a message did not reach it.
    this.#child.on('error', (cause) => {
      if (this.#child.pid === undefined) this.#ended(cause.message);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isWorking(): boolean {
    return this.#state === 'working';
  }

  /** A stream begins, or goes on after a silence that was made elsewhere. */
  open(stream: ToWorker['opened'][number]): void {
    this.#queue.open(stream);
  }

  /** Answers false when the worker is so far behind with this stream that it takes no more. */
  push(stream: number, packet: Parameters<AudioTranscoder['push']>[0]): boolean {
    return this.#queue.push(stream, packet);
  }

  advance(stream: number, toSample: number): void {
    this.#queue.advance(stream, toSample);
  }

  finish(stream: number, endSample: number): void {
    this.#queue.finish(stream, endSample);
  }

  /** It is silent from here on: there is nothing to do for it. Its codecs are kept. */
  rest(stream: number): void {
    this.#queue.rest(stream);
  }

  close(stream: number): void {
    this.#queue.close(stream);
  }

  /** Sends what is queued, once it can work. Answers whether anything was sent. */
  flush(): boolean {
    if (this.#state !== 'working' || this.#queue.isEmpty || this.#unanswered >= MAX_UNANSWERED) return false;
    if (!this.#child.connected) return false;
    this.#unanswered += 1;
    // An error means that the worker is gone, which its exit tells too.
    this.#child.send(this.#queue.take(), () => undefined);
    return true;
  }

  /** Whether anything is queued, or under way. */
  get isBusy(): boolean {
    return !this.#queue.isEmpty || this.#unanswered > 0;
  }

  /**
   * Whether it is of no use any more.
   * @param passedMs of our own turns since the last call
   * @param patienceMs see ProgressWatch
   */
  failing(passedMs: number, patienceMs: number): Failing | undefined {
    if (this.#state === 'starting') {
      this.#startingMs += passedMs;
      return this.#startingMs >= START_LIMIT_MS ? 'does-not-start' : undefined;
    }
    if (this.#state === 'ended' || this.#unanswered === 0) {
      this.#watch.rest();
      this.#sinceLookMs = 0;
      return undefined;
    }
    this.#sinceLookMs += passedMs;
    if (this.#sinceLookMs < LOOK_MS) return undefined;
    const sinceLookMs = this.#sinceLookMs;
    this.#sinceLookMs = 0;
    const steps = this.#answers + this.#note.read().steps;
    const sample = this.pid === undefined ? undefined : sampleProcess(this.pid);
    return this.#watch.hangs(steps, sample, sinceLookMs, patienceMs) ? 'hangs' : undefined;
  }

  /** The stream that it works on, or was working on when it ended. */
  get workedOn(): number | undefined {
    return this.#note.read().stream;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Lets the worker end by itself. */
  end(): Promise<void> {
    if (this.#state === 'ended') return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      if (this.#child.connected) this.#child.disconnect();
    });
  }

  #hear(message: FromWorker): void {
    if (message.type === 'ready') {
      this.#state = 'working';
      this.#events.onReady();
      return;
    }
    this.#unanswered -= 1;
    this.#answers += 1;
    this.#events.onAnswer(message);
    if (this.#queue.isBehind) this.flush();
  }

  #ended(how: string): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#events.onEnd(how);
    this.#note.close();
  }
}

function forked(entry: URL, note: WorkNote): ChildProcess {
  try {
    return fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      env: ENVIRONMENT,
      execArgv: FLAGS,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', note.descriptor],
    });
  } catch (cause) {
    note.close();
    throw cause;
  }
}
