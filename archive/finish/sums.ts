import { join } from 'node:path';
import { z } from 'zod';
import { LOWEST_PRIORITY } from '#service/child.ts';
import { startWork } from '#service/child-work.ts';
import type { FileSource } from '#store/file-source.ts';

/** It reads a piece at a time. Its work is as long as its file is, so time alone says nothing. */
const LIMITS = { niceness: LOWEST_PRIORITY, memoryBytes: 256 * 1024 ** 2 };

const sumsSchema = z.object({ sha256: z.string(), crc32: z.string() });
/** Of one file, both in lower-case hexadecimal. */
export type Sums = z.infer<typeof sumsSchema>;

/**
 * SHA-256 and CRC-32 of a file, by a process of its own: megabytes must not hold up the archive.
 * @throws Error when the file cannot be read or the process ends, or the reason of `signal`
 */
export async function sumsOf(source: FileSource, signal: AbortSignal): Promise<Sums> {
  let sums: Sums | undefined;
  const { child, over } = startWork({
    entry: join(import.meta.dirname, 'sums-process.ts'),
    order: source,
    limits: LIMITS,
    signal,
    news: sumsSchema,
    hear: (told) => {
      sums = told;
    },
  });
  child.stdout?.resume();
  await over;
  if (!sums) throw new Error('the process of the sums told none');
  return sums;
}
