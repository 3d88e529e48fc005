import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { LOWEST_PRIORITY, startNodeChild } from '#service/child.ts';
import { hashAnswerSchema, type Sums } from './hash-messages.ts';

/** It reads a piece at a time. Its work is as long as its files are, so time alone says nothing. */
const LIMITS = { niceness: LOWEST_PRIORITY, memoryBytes: 256 * 1024 ** 2 };

interface Run {
  child: ChildProcess;
  waiting: Map<number, { resolve: (sums: Sums) => void; reject: (cause: Error) => void }>;
}

/** Computes SHA-256 and CRC-32 of files in a process of its own, which runs from the first to the last of them. */
export class Hasher {
  #run: Run | undefined;
  #lastId = 0;

  /** @throws Error when the file cannot be read, or the process ends */
  sums(path: string): Promise<Sums> {
    this.#run ??= this.#start();
    const { child, waiting } = this.#run;
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      child.send({ id, path });
    });
  }

  close(): void {
    this.#run?.child.kill('SIGKILL');
    this.#run = undefined;
  }

  #start(): Run {
    const child = startNodeChild(join(import.meta.dirname, 'hash-process.ts'), LIMITS);
    const run: Run = { child, waiting: new Map() };
    child.on('message', (message) => this.#settle(run, message));
    child.once('exit', () => {
      if (this.#run === run) this.#run = undefined;
      for (const { reject } of run.waiting.values()) reject(new Error('the process of the sums ended'));
    });
    return run;
  }

  #settle(run: Run, message: unknown): void {
    const answer = hashAnswerSchema.parse(message);
    const waiting = run.waiting.get(answer.id);
    run.waiting.delete(answer.id);
    if ('sha256' in answer) waiting?.resolve({ sha256: answer.sha256, crc32: answer.crc32 });
    else waiting?.reject(new Error(answer.problem));
    if (run.waiting.size > 0 || this.#run !== run) return;
    this.#run = undefined;
    run.child.disconnect();
  }
}
