import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** Bytes of packets that may wait for a worker; what comes on top is dropped, and is silence in the file. */
export const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

/** One forked audio worker and the messages on their way to it. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly ready: Promise<void>;
  #queue: ToWorker[] = [];
  #queuedBytes = 0;
  /** True while the channel has not taken the last batch yet. */
  #sending = false;
  /** Packets that were dropped because the worker did not keep up. */
  dropped = 0;

  constructor(options: { onMessages(messages: FromWorker[]): void; onExit(): void }) {
    this.#child = fork(fileURLToPath(new URL('./audio-worker.ts', import.meta.url)), [], {
      serialization: 'advanced',
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.once('message', () => resolve());
      this.#child.once('exit', () => reject(new Error('the audio worker ended before it was ready')));
    });
    this.#child.on('message', (messages) => options.onMessages(messages as FromWorker[]));
    this.#child.on('exit', options.onExit);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  queue(message: ToWorker): void {
    if (message.type === 'push') {
      if (this.#queuedBytes >= MAX_QUEUED_BYTES) {
        this.dropped += 1;
        return;
      }
      this.#queuedBytes += message.payload.byteLength;
    }
    this.#queue.push(message);
  }

  /** Sends what is queued, one batch at a time. */
  flush(): void {
    if (this.#sending || this.#queue.length === 0 || !this.#child.connected) return;
    const batch = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#sending = true;
    this.#child.send(batch, () => {
      // An error means that the worker is gone, which its exit tells too.
      this.#sending = false;
    });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Lets the worker end by itself. */
  close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      if (this.#child.connected) this.#child.disconnect();
    });
  }
}
