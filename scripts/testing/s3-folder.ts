import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the S3 engine of this run of tests lies, and the process with which it ends. */
    s3: { folder: string; owner: number };
  }
}

/** One S3 engine for all tests of a run: whichever needs it first starts it in this folder (store/testing/s3-engine.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-s3-'));
  project.provide('s3', { folder, owner: process.pid });
  return async () => {
    const pid = await readFile(join(folder, 'pid'), 'utf8').catch(() => undefined);
    if (pid !== undefined) await ended(Number(pid));
    await rm(folder, { recursive: true, force: true });
  };
}

/** Ends the engine, and waits until it has. */
async function ended(pid: number): Promise<void> {
  try {
    for (process.kill(pid, 'SIGTERM'); ; process.kill(pid, 0)) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } catch {
    // It is gone.
  }
}
