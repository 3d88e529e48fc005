/** Time as the sessions see it; lint keeps the real one out of everything but one adapter. */
export interface Clock {
  /** Epoch milliseconds with fractions; never steps backwards. */
  nowMs(): number;
  /** Calls `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` every `periodMs`; the returned function ends it. */
  every(periodMs: number, task: () => void): () => void;
}
