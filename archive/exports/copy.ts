import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';
import { startWork } from '#service/child-work.ts';
import type { Store } from '#store/store.ts';
import { childLimits, type WorkLimits } from '../work/limits.ts';
import type { Maker } from './maker.ts';
import type { Mp4Order } from './mp4/mp4-process.ts';

const MIB = 1024 ** 2;
/** The index of a day of media is held until the end. */
const MEMORY_BYTES = 1024 * MIB;
/** An hour takes about five. */
const CPU_SECONDS = { atLeast: 60, perHour: 120 };

/** One person's file in another container: the streams are copied, not encoded again. */
export function copyMaker(parts: { store: Store }): Maker {
  return async ({ folder, job, report, signal, target }) => {
    const stored = await parts.store.readManifest(job.recordingId);
    const file = stored?.manifest.files.find(({ name }) => name === job.file);
    if (!file) throw new Fault('file-not-found');
    const bytes = (await parts.store.stat(job.recordingId, file.name))?.bytes ?? 0;
    const limits = {
      cpuSeconds: CPU_SECONDS.atLeast + (CPU_SECONDS.perHour * file.durationMs) / 3_600_000,
      memoryBytes: MEMORY_BYTES,
      // Its index is longer than what FLV says of each tag.
      fileBytes: 2 * bytes + 64 * MIB,
    };
    const wanted: ('pictures' | 'sound')[] = job.kind === 'audio' ? ['sound'] : ['pictures', 'sound'];
    const order = { source: join(folder, file.name), target, wanted };
    await makeMp4(order, { limits, signal, onProgress: (done) => report({ done }) });
  };
}

/**
 * Makes an MP4 of an FLV of ours, in a process of its own at the lowest priority.
 * @throws Fault `export-failed`, or the reason of `signal`
 */
export async function makeMp4(
  order: Mp4Order,
  options: { limits: WorkLimits; signal: AbortSignal; onProgress: (done: number) => void },
): Promise<void> {
  const { limits, onProgress, signal } = options;
  signal.throwIfAborted();
  const { child, over } = startWork({
    entry: join(import.meta.dirname, 'mp4/mp4-process.ts'),
    order,
    limits: childLimits(limits),
    signal,
    news: z.number(),
    hear: onProgress,
  });
  child.stdout?.resume();
  await over.catch((cause: Error) => {
    signal.throwIfAborted();
    throw new Fault('export-failed', `The MP4 could not be made: ${cause.message}.`);
  });
}
