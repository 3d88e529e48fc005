import type { Clock } from '../session/ports/clock.ts';

/** The browser's clock: the wall time when the page was opened, counted on by the monotonic clock. */
export const browserClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, task) {
    const timer = setInterval(task, periodMs);
    return () => clearInterval(timer);
  },
};
