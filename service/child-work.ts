import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';
import { type ChildLimits, startNodeChild } from './child.ts';

/** From the process: how it gets on, then that it is over, or why it is. */
const wordSchema = z.union([
  z.object({ news: z.unknown() }),
  z.object({ over: z.literal(true) }),
  z.object({ problem: z.string() }),
]);
type Word = z.infer<typeof wordSchema>;

interface Job<News> {
  /** A file that calls `workAsChild`. */
  entry: string;
  order: object | string;
  limits: ChildLimits;
  signal: AbortSignal;
  news: z.ZodType<News>;
  hear(news: News): void;
}

/**
 * Has one piece of work done by a process of its own.
 * @returns the process, and `over`, which rejects with the reason of `signal`, or an Error that says why it was not done
 */
export function startWork<News>(job: Job<News>): { child: ChildProcess; over: Promise<void> } {
  const { entry, hear, limits, news, order, signal } = job;
  const child = startNodeChild(entry, limits);
  const kill = () => child.kill('SIGKILL');
  let end: Exclude<Word, { news: unknown }> | undefined;
  child.on('message', (message) => {
    // It reads what strangers sent: whatever it says ends its own work, and not us.
    try {
      const word = wordSchema.parse(message);
      if ('news' in word) hear(news.parse(word.news));
      else end ??= word;
    } catch (cause) {
      end = { problem: `said what nobody understands: ${(cause as Error).message}` };
      kill();
    }
  });
  const over = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.once('close', (code, killed) => {
      signal.removeEventListener('abort', kill);
      if (signal.aborted) reject(signal.reason as Error);
      else if (end && 'over' in end) resolve();
      else reject(new Error(end?.problem ?? `ended with ${killed ?? code}`));
    });
  });
  if (signal.aborted) kill();
  else signal.addEventListener('abort', kill, { once: true });
  child.send(order);
  return { child, over };
}

/** In that process: takes the one order that comes, and ends when it is carried out, or when whoever gave it is gone. */
export function workAsChild<Order, News>(
  schema: z.ZodType<Order>,
  work: (order: Order, tell: (news: News) => void) => Promise<void>,
): void {
  const say = (word: Word, said?: () => void) => process.send?.(word, undefined, undefined, said);
  process.once('message', async (message) => {
    const end = await work(schema.parse(message), (news) => say({ news })).then(
      () => ({ over: true }) as const,
      (cause: Error) => ({ problem: cause.message }),
    );
    say(end, () => process.disconnect());
  });
  process.once('disconnect', () => process.exit());
}
