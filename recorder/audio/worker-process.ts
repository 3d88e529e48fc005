import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ItemPacker } from './packed-items.ts';
import { WorkNote } from './work-note.ts';
import type { FromWorker, SilentFrames, ToWorker } from './worker-messages.ts';

/** Packets that may wait for a worker; what comes on top is dropped, and is silence in the file. */
export const MAX_QUEUED_PACKETS = 50_000;
export const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/** Batches under way to a worker; more wait, and become one. */
const MAX_UNANSWERED = 4;

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

/** One forked audio worker, and what is on its way to it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #note = new WorkNote();
  /** The prepared frames, once the worker can work. Rejects when it ends before. */
  readonly ready: Promise<SilentFrames>;
  #opened: ToWorker['opened'] = [];
  #packets = new ItemPacker();
  #advanced = new Map<number, number>();
  #finished: ToWorker['finished'] = [];
  #closed: number[] = [];
  #sentMs: number[] = [];
  #dropped = 0;

  constructor(entry: URL, options: { onAnswer(answer: Answer): void; onExit(): void }) {
    this.#child = fork(fileURLToPath(entry), [], {
      serialization: 'advanced',
      env: ENVIRONMENT,
      execArgv: FLAGS,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc', this.#note.descriptor],
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message: FromWorker) => {
        if (message.type === 'ready') return resolve(message.silentFrames);
        this.#sentMs.shift();
        options.onAnswer(message);
      });
      this.#child.once('exit', () => reject(new Error('the audio worker ended before it was ready')));
    });
    this.#child.on('exit', options.onExit);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Packets that were dropped because the worker did not keep up. */
  get dropped(): number {
    return this.#dropped;
  }

  open(stream: number, channels: 1 | 2, firstFrame: number): void {
    this.#opened.push({ stream, channels, firstFrame });
  }

  push(stream: number, positionSamples: number, payload: Buffer): void {
    if (this.#packets.count >= MAX_QUEUED_PACKETS || this.#packets.bytes >= MAX_QUEUED_BYTES)
      this.#dropped += 1;
    else this.#packets.add(stream, positionSamples, payload);
  }

  advance(stream: number, toSample: number): void {
    this.#advanced.set(stream, toSample);
  }

  finish(stream: number, endSample: number): void {
    this.#finished.push([stream, endSample]);
  }

  close(stream: number): void {
    this.#closed.push(stream);
  }

  /** Sends what is queued. */
  flush(nowMs: number): void {
    if (!this.#hasWork || !this.#child.connected || this.#sentMs.length >= MAX_UNANSWERED) return;
    const batch: ToWorker = {
      opened: this.#opened,
      packets: this.#packets.pack(),
      advanced: [...this.#advanced],
      finished: this.#finished,
      closed: this.#closed,
    };
    this.#opened = [];
    this.#packets = new ItemPacker();
    this.#advanced = new Map();
    this.#finished = [];
    this.#closed = [];
    this.#sentMs.push(nowMs);
    // An error means that the worker is gone, which its exit tells too.
    this.#child.send(batch, () => undefined);
  }

  /** Whether anything is queued, or under way. */
  get isBusy(): boolean {
    return this.#hasWork || this.#sentMs.length > 0;
  }

  /** For how long the worker has owed an answer. */
  owingMs(nowMs: number): number {
    return nowMs - (this.#sentMs[0] ?? nowMs);
  }

  /** Of a worker that has ended: the stream that it was working on, if any. Once only. */
  takeNote(): number | undefined {
    const stream = this.#note.read();
    this.#note.close();
    return stream;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Lets the worker end by itself. */
  end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      if (this.#child.connected) this.#child.disconnect();
    });
  }

  get #hasWork(): boolean {
    const { length } = [...this.#opened, ...this.#finished, ...this.#closed];
    return length + this.#packets.count + this.#advanced.size > 0;
  }
}
