import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** How many times slower than an ordinary machine this one was when the tests began; 1 for a quicker one. */
    slowness: number;
  }
}

/** A bound for what was measured in time: `ms` on an ordinary machine, more on one that was slower when the tests began. */
export function scaled(ms: number): number {
  return ms * inject('slowness');
}
