import { systemClock } from '../../service/clock.ts';

/** Room for a machine several times slower: it costs only what does not come. */
export const PATIENCE_MS = 60_000;
const PERIOD_MS = 50;

/**
 * Asks again and again until there is an answer other than undefined and false, and gives it.
 * @throws when the deadline passes: `what`, and the last error of `condition`, say what was waited for.
 */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = PATIENCE_MS,
  periodMs = PERIOD_MS,
): Promise<T> {
  const endMs = systemClock.nowMs() + deadlineMs;
  let trouble: unknown;
  for (;;) {
    try {
      const answer = await condition();
      if (answer !== undefined && answer !== false) return answer;
      trouble = undefined;
    } catch (cause) {
      trouble = cause;
    }
    if (systemClock.nowMs() > endMs) {
      throw new Error(`Waited ${deadlineMs} ms in vain: ${what}`, { cause: trouble });
    }
    await new Promise<void>((resolve) => systemClock.after(periodMs, resolve));
  }
}
