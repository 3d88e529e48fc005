import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { scanAnswerSchema } from './scan-messages.ts';
import type { Scan, ScanExtent } from './store.ts';

/** Scans a folder of recordings in a thread of its own, one scan after the other. */
export class ScanThread {
  readonly #root: string;
  #worker: Worker | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
  }

  /** @throws Error when the folder cannot be read */
  scan(extent: ScanExtent): Promise<Scan> {
    const scanned = this.#queue.then(() => this.#scan(extent));
    this.#queue = scanned.catch(() => undefined);
    return scanned;
  }

  async close(): Promise<void> {
    await this.#queue;
    await this.#worker?.terminate();
  }

  async #scan(extent: ScanExtent): Promise<Scan> {
    // A fresh thread knows of nothing before it, and so tells everything.
    this.#worker ??= this.#start();
    const worker = this.#worker;
    worker.ref();
    try {
      const answered = once(worker, 'message');
      worker.postMessage({ extent });
      const answer = scanAnswerSchema.parse((await answered)[0]);
      if ('problem' in answer) throw new Error(answer.problem);
      return answer;
    } finally {
      // Between scans it keeps no process from ending.
      worker.unref();
    }
  }

  #start(): Worker {
    const worker = new Worker(join(import.meta.dirname, 'scan-worker.ts'), {
      workerData: this.#root,
      execArgv: [],
    });
    worker.once('exit', () => {
      this.#worker = undefined;
    });
    return worker;
  }
}
