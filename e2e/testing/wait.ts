import { systemClock } from '#service/clock.ts';

/** Room for a machine several times slower, or with one core: it costs only what does not come. */
export const PATIENCE_MS = 150_000;
const PERIOD_MS = 50;

/**
 * Asks again and again until there is an answer other than undefined and false, and gives it. Between two questions it
 * waits for as long as an answer takes: looking at a picture or a sound is work for a page that has enough of it.
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
    const askedAtMs = systemClock.nowMs();
    try {
      const answer = await condition();
      if (answer !== undefined && answer !== false) return answer;
      trouble = undefined;
    } catch (cause) {
      trouble = cause;
    }
    const answeredAtMs = systemClock.nowMs();
    if (answeredAtMs > endMs) {
      throw new Error(`Waited ${deadlineMs} ms in vain: ${what}`, { cause: trouble });
    }
    await new Promise<void>((resolve) =>
      systemClock.after(Math.max(periodMs, answeredAtMs - askedAtMs), resolve),
    );
  }
}
