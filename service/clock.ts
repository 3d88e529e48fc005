import { uptime } from 'node:os';

/** Time as every stage above the adapters sees it. Lint keeps the real one out of everything else. */
export interface Clock {
  /**
   * The wall time when the process began, counted on: epoch milliseconds with fractions that never step, for media and for how
   * long something takes. Not for dates: after the machine slept, or was set, it is not what a clock on the wall shows.
   */
  nowMs(): number;
  /** What the machine's wall clock shows now, epoch milliseconds: for names, dates and expiry. It may be set, either way. */
  wallMs(): number;
  /** Since the machine began, its sleep included: the wall clock goes ahead as much, unless it is set. */
  upMs(): number;
  /** Calls `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` every `periodMs`; the returned function ends it. */
  every(periodMs: number, task: () => void): () => void;
}

/** Whatever else waits has its turn first: long work is done in pieces with this between them. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Read once: the clock is asked with every packet, and this getter is slow. */
const startedMs = performance.timeOrigin;

/**
 * The machine's clock. An NTP step in the middle of a recording moves nothing of what `nowMs` measures. What falls due is done once the sockets have been read (Node's check phase): after a stall of
 * our own timers would otherwise come first, and conclude that nothing came although it lies there [STALL1].
 */
export const systemClock: Clock = {
  nowMs: () => startedMs + performance.now(),
  wallMs: () => Date.now(),
  upMs: () => uptime() * 1000,
  after(delayMs, task) {
    let reading: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      reading = setImmediate(task);
    }, delayMs);
    return () => {
      clearTimeout(timer);
      clearImmediate(reading);
    };
  },
  every(periodMs, task) {
    let reading: NodeJS.Immediate | undefined;
    const timer = setInterval(() => {
      reading = setImmediate(task);
    }, periodMs);
    return () => {
      clearInterval(timer);
      clearImmediate(reading);
    };
  },
};
