import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Manifest } from '#protocol/manifest.ts';
import { nextTurn } from '#service/clock.ts';
import { type ManifestAnswer, manifestAnswerSchema } from './manifest-messages.ts';
import { parseManifest } from './manifest-file.ts';

/** Up to here parsing is quicker than asking a thread: a meeting of an hour stays below. */
export const PARSED_AT_ONCE_CHARS = 64 * 1024;

let worker: Worker | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * What `parseManifest` answers, without holding anything else up: a long text is parsed by a thread, one at a time, and
 * comes back in slices.
 * @throws Error that says what is wrong with it
 */
export function parseManifestApart(text: string): Promise<Manifest> {
  if (text.length <= PARSED_AT_ONCE_CHARS) return new Promise((resolve) => resolve(parseManifest(text)));
  const parsed = queue.then(() => parseInThread(text));
  queue = parsed.catch(() => undefined);
  return parsed;
}

async function parseInThread(text: string): Promise<Manifest> {
  worker ??= startWorker();
  const thread = worker;
  thread.ref();
  try {
    let answer = await ask(thread, { text });
    if (!('head' in answer))
      throw new Error('problem' in answer ? answer.problem : 'The thread answered nothing.');
    const manifest = answer.head;
    for (;;) {
      // Whatever else waits has its turn between two slices.
      await nextTurn();
      answer = await ask(thread, { next: true });
      if (!('list' in answer)) return manifest;
      manifest[answer.list].push(...answer.entries);
    }
  } finally {
    // Between two texts it keeps no process from ending.
    thread.unref();
  }
}

/** @throws Error when the thread has ended, for want of memory for instance */
async function ask(thread: Worker, order: { text: string } | { next: true }): Promise<ManifestAnswer> {
  const answered = once(thread, 'message');
  thread.postMessage(order);
  return manifestAnswerSchema.parse((await answered)[0]);
}

function startWorker(): Worker {
  const started = new Worker(join(import.meta.dirname, 'manifest-worker.ts'), { execArgv: [] });
  started.on('error', () => {
    // Whoever waits hears of it through `once`; the next text gets another thread.
    if (worker === started) worker = undefined;
  });
  started.once('exit', () => {
    if (worker === started) worker = undefined;
  });
  return started;
}
