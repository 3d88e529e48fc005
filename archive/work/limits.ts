import { type ChildLimits, LOWEST_PRIORITY } from '#service/child.ts';

/** A machine that records may let a process of the lowest priority wait so much longer than it works. */
const WAIT_FACTOR = 30;

/** What one run may take: files come from strangers' encoders, and none of them may cost more than an honest one. */
export interface WorkLimits {
  cpuSeconds: number;
  memoryBytes: number;
  fileBytes: number;
}

export const childLimits = (limits: WorkLimits): ChildLimits => ({
  ...limits,
  niceness: LOWEST_PRIORITY,
  wallMs: limits.cpuSeconds * WAIT_FACTOR * 1000,
});
