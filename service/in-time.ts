import type { Clock } from './clock.ts';

/**
 * Whether `work` is done within this time. It goes on in any case: whoever asked looks after what becomes of it later.
 * @throws whatever it rejects with in time
 */
export async function inTime(
  clock: Pick<Clock, 'after'>,
  withinMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  let cancel = (): void => undefined;
  const late = new Promise<false>((resolve) => {
    cancel = clock.after(withinMs, () => resolve(false));
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    cancel();
  }
}
