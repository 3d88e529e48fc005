import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import { startNodeChild } from '#service/child.ts';
import { childLimits, type WorkLimits } from '../../work/limits.ts';
import { type Mp4Order, mp4AnswerSchema } from './mp4-messages.ts';

const ENTRY = join(import.meta.dirname, 'mp4-process.ts');

/**
 * Makes an MP4 of an FLV of ours, in a process of its own at the lowest priority.
 * @throws Fault `export-failed`, or the reason of `signal`
 */
export async function makeMp4(
  order: Mp4Order,
  options: { limits: WorkLimits; signal: AbortSignal; onProgress: (done: number) => void },
): Promise<void> {
  options.signal.throwIfAborted();
  const child = startNodeChild(ENTRY, childLimits(options.limits));
  child.stdout?.resume();
  const kill = () => child.kill('SIGKILL');
  options.signal.addEventListener('abort', kill, { once: true });
  let isOver = false;
  let problem: string | undefined;
  child.on('message', (message) => {
    const answer = mp4AnswerSchema.parse(message);
    if ('done' in answer) options.onProgress(answer.done);
    else if ('over' in answer) isOver = true;
    else problem = answer.problem;
  });
  try {
    const how = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, killed) => resolve(killed ?? code));
      child.send(order);
    });
    options.signal.throwIfAborted();
    if (!isOver)
      throw new Fault('export-failed', `The MP4 could not be made: ${problem ?? `ended with ${how}`}.`);
  } finally {
    options.signal.removeEventListener('abort', kill);
  }
}
