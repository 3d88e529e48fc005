import type { StreamInput } from './stream-input.ts';

/**
 * While media are due and none come, a file is held where they ended, for so long: a lost connection is noticed and waited for
 * within this (45 s), and sound that comes after it still finds its place (MAX_AHEAD_SAMPLES). Then silence and slate go on.
 */
export const HOLD_MS = 50_000;

type Heard = Pick<StreamInput, 'heardMs' | 'waitingSinceMs'>;

/**
 * Until when somebody was there, as far as can be told: up to the last of their packets while some are due, else up to the
 * loss of their connection. All instants are on our clock.
 * @param seenMs all that had come by then was read
 * @param awayMs since when their connection is lost
 */
export function presentUntilMs(streams: Iterable<Heard>, seenMs: number, awayMs: number | undefined): number {
  let isDue = false;
  let heardMs = Number.NEGATIVE_INFINITY;
  for (const stream of streams) {
    isDue ||= stream.waitingSinceMs !== undefined;
    heardMs = Math.max(heardMs, stream.heardMs);
  }
  const untilMs = Math.min(seenMs, isDue ? heardMs : (awayMs ?? seenMs));
  return seenMs - untilMs < HOLD_MS ? untilMs : seenMs;
}
