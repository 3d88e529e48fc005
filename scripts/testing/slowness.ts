import { inject } from 'vitest';

/** A bound for what was measured in time: `ms` on an ordinary machine, more on one that was slower when the tests began. */
export function scaled(ms: number): number {
  return ms * inject('slowness');
}
