import { vi } from 'vitest';

/** Vitest's own second is too short for a machine with something else to do. What is right comes sooner all the same. */
export const PATIENCE_MS = 20_000;

type Options = number | { timeout?: number; interval?: number } | undefined;

/** The same with our patience, unless a test has more. */
function patient(options: Options): { timeout: number; interval?: number } {
  const given = typeof options === 'number' ? { timeout: options } : options;
  return { ...given, timeout: Math.max(PATIENCE_MS, given?.timeout ?? 0) };
}

const { waitFor, waitUntil } = vi;
vi.waitFor = (condition, options) => waitFor(condition, patient(options));
vi.waitUntil = (condition, options) => waitUntil(condition, patient(options));
