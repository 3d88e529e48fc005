import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { inTurn } from '#service/in-turn.ts';

/** Sends an order, and resolves with the answer. @throws Error when the thread has ended, for want of memory for instance */
type Ask = (order: unknown) => Promise<unknown>;

/**
 * A thread of ours, for one piece of work after the other: started when it is needed, again after it has ended, and keeping no process
 * from ending meanwhile. (A pool such as piscina takes one order for one answer, and each thread for like any other: here one answer
 * may come in slices, and a thread remembers what it has seen.)
 */
export class Thread {
  readonly #path: string;
  readonly #data: unknown;
  readonly #inTurn = inTurn();
  #worker: Worker | undefined;

  /** @param file of this folder */
  constructor(file: string, data?: unknown) {
    this.#path = join(import.meta.dirname, file);
    this.#data = data;
  }

  use<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      this.#worker ??= this.#start();
      const worker = this.#worker;
      worker.ref();
      try {
        return await work(async (order) => {
          const answered = once(worker, 'message');
          worker.postMessage(order);
          return (await answered)[0];
        });
      } finally {
        worker.unref();
      }
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#worker?.terminate();
    });
  }

  #start(): Worker {
    const worker = new Worker(this.#path, { workerData: this.#data, execArgv: [] });
    const gone = () => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    // Whoever waits hears of it through `once`.
    worker.on('error', gone);
    worker.once('exit', gone);
    return worker;
  }
}
