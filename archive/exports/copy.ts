import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '#protocol/errors.ts';
import { type FileExportKind, fileExportKindSchema } from '#protocol/http/exports.ts';
import { startWork } from '#service/child-work.ts';
import type { Store } from '#store/store.ts';
import { childLimits, type WorkLimits } from '../work/limits.ts';
import type { Maker } from './maker.ts';
import type { CopyOrder } from './mp4/copy-process.ts';

const MIB = 1024 ** 2;
/** The index of a day of media is held until the end. */
const MEMORY_BYTES = 1024 * MIB;
/** An hour takes about five, and twenty more where AAC is made. */
const CPU_SECONDS = { atLeast: 60, perHour: 120, perHourInAac: 480 };
/** Of two channels at their loudest. */
const AAC_BYTES_PER_SECOND = 40_000;

/** What each kind has: of an FLV everything as it is, but for its sound. */
const WANTED: Record<FileExportKind, CopyOrder['wanted']> = {
  mp4: ['pictures', 'sound'],
  'mp4-aac': ['pictures', 'sound'],
  audio: ['sound'],
  'audio-aac': ['sound'],
  'flv-aac': undefined,
};
const isInAac = (kind: FileExportKind) => kind.endsWith('-aac');

/** How long the longest file that is made of this one may become, in bytes. */
export const copyBytes = (kind: FileExportKind, bytes: number, durationMs: number): number =>
  bytes + (isInAac(kind) ? (AAC_BYTES_PER_SECOND * durationMs) / 1000 : 0);

export function copyLimits(kind: FileExportKind, bytes: number, durationMs: number): WorkLimits {
  const perHour = isInAac(kind) ? CPU_SECONDS.perHourInAac : CPU_SECONDS.perHour;
  return {
    cpuSeconds: CPU_SECONDS.atLeast + (perHour * durationMs) / 3_600_000,
    memoryBytes: MEMORY_BYTES,
    // Its index is longer than what FLV says of each tag.
    fileBytes: 2 * copyBytes(kind, bytes, durationMs) + 64 * MIB,
  };
}

/** One person's file in another container, or with AAC in place of Opus: pictures are copied, not encoded again. */
export function copyMaker(parts: { store: Store }): Maker {
  return async ({ folder, job, report, signal, target }) => {
    const stored = await parts.store.readManifest(job.recordingId);
    const file = stored?.manifest.files.find(({ name }) => name === job.file);
    const kind = fileExportKindSchema.parse(job.kind);
    if (!file) throw new Fault('file-not-found');
    const bytes = (await parts.store.stat(job.recordingId, file.name))?.bytes ?? 0;
    const order = { source: join(folder, file.name), target, wanted: WANTED[kind], inAac: isInAac(kind) };
    await makeCopy(order, {
      limits: copyLimits(kind, bytes, file.durationMs),
      signal,
      onProgress: (done) => report({ done }),
    });
  };
}

/**
 * Makes another file of an FLV of ours, in a process of its own at the lowest priority.
 * @throws Fault `export-failed`, or the reason of `signal`
 */
export async function makeCopy(
  order: CopyOrder,
  options: { limits: WorkLimits; signal: AbortSignal; onProgress: (done: number) => void },
): Promise<void> {
  const { limits, onProgress, signal } = options;
  signal.throwIfAborted();
  const { child, over } = startWork({
    entry: join(import.meta.dirname, 'mp4/copy-process.ts'),
    order,
    limits: childLimits(limits),
    signal,
    news: z.number(),
    hear: onProgress,
  });
  child.stdout?.resume();
  await over.catch((cause: Error) => {
    signal.throwIfAborted();
    throw new Fault('export-failed', `The file could not be made: ${cause.message}.`);
  });
}
