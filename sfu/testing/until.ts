import { systemClock } from '#service/clock.ts';

/** Room for a machine several times slower: it costs only what does not come. */
const LIMIT_MS = 30_000;
const STEP_MS = 5;

/** Resolves with what `condition` answers once that is truthy. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
): Promise<Exclude<T, undefined | false | null | 0 | ''>> {
  const endMs = systemClock.nowMs() + LIMIT_MS;
  while (systemClock.nowMs() < endMs) {
    const value = await condition();
    if (value) return value as Exclude<T, undefined | false | null | 0 | ''>;
    await new Promise<void>((resolve) => systemClock.after(STEP_MS, resolve));
  }
  throw new Error(`waited in vain: ${what}`);
}
