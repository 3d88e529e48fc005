import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { z } from 'zod';

/** Where a file's bytes are, for a process of ours that has no store: it is told, and reads them there by itself. */
export const fileSourceSchema = z.object({ path: z.string() });
export type FileSource = z.infer<typeof fileSourceSchema>;

const READ_BYTES = 256 * 1024;

/** The file's bytes before `to`, or all; fewer when it is shorter. */
export function readSource({ path }: FileSource, to = Number.POSITIVE_INFINITY): Readable {
  return createReadStream(path, { end: to - 1, highWaterMark: READ_BYTES });
}
