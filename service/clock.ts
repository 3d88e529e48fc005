/** Time as every stage above the adapters sees it. Lint keeps the real one out of everything else. */
export interface Clock {
  /** Wall time, epoch milliseconds with fractions; never steps backwards while the process lives. */
  nowMs(): number;
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
 * The machine's clock: the wall time at start, counted on by the monotonic clock, so that an NTP step in the middle of
 * a recording moves nothing. What falls due is done once the sockets have been read (Node's check phase): after a stall of
 * our own timers would otherwise come first, and conclude that nothing came although it lies there [STALL1].
 */
export const systemClock: Clock = {
  nowMs: () => startedMs + performance.now(),
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
