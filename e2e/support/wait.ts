import { systemClock } from '../../service/clock.ts';

const PERIOD_MS = 50;

/**
 * Asks again and again until there is an answer other than undefined and false, and gives it.
 * @throws when the deadline passes: `what`, and the last error of `condition`, say what was waited for.
 */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 15_000,
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
