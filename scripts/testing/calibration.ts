import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestProject } from 'vitest/node';

/** What one round takes on an ordinary machine with two cores that does nothing else. */
export const REFERENCE_MS = 150;
/** Beyond this a bound would hold nothing any more. */
export const MOST_SLOWNESS = 8;
const ROUNDS = 3;
/** As many as an ordinary machine has cores. */
const AT_ONCE = 2;
/** The start of a process, then sums. */
const WORK = `
  const { createHash } = require('node:crypto');
  let text = '';
  for (let i = 0; i < 60_000; i += 1) text = createHash('sha256').update(text).digest('hex');
`;

/** How many times slower than the reference a machine is whose rounds took so long: the middle one counts. */
export function slownessOf(roundsMs: readonly number[]): number {
  const middleMs = roundsMs.toSorted((a, b) => a - b)[Math.floor(roundsMs.length / 2)] ?? REFERENCE_MS;
  return Math.min(MOST_SLOWNESS, Math.max(1, middleMs / REFERENCE_MS));
}

async function round(): Promise<number> {
  const begunMs = performance.now();
  const work = () => once(spawn(process.execPath, ['-e', WORK], { stdio: 'ignore' }), 'exit');
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return performance.now() - begunMs;
}

/** Measures the machine once before the tests of a project; `scaled` (slowness.ts) uses it. */
export default async function setup(project: TestProject): Promise<void> {
  const roundsMs: number[] = [];
  for (let i = 0; i < ROUNDS; i += 1) roundsMs.push(await round());
  const slowness = slownessOf(roundsMs);
  const rounds = roundsMs.map((ms) => Math.round(ms)).join(', ');
  console.log(
    `Calibration: ${rounds} ms (reference ${REFERENCE_MS} ms): bounds of time are held ×${slowness.toFixed(2)}.`,
  );
  project.provide('slowness', slowness);
}
