import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { systemClock } from '#service/clock.ts';

/** Where a file's bytes are, for a process of ours that has no store: it is told, and reads them there by itself. */
export const fileSourceSchema = z.union([
  z.object({ path: z.string() }),
  /** Read by Range; whoever has it may read the file, for as long as it holds. */
  z.object({ url: z.string(), bytes: z.number().int().nonnegative() }),
]);
export type FileSource = z.infer<typeof fileSourceSchema>;

const READ_BYTES = 256 * 1024;
/** Of what is read from afar with one question. */
const PIECE_BYTES = 4 * 1024 ** 2;
const PIECE_MS = 60_000;
const ATTEMPTS = 5;

/** The file's bytes before `to`, or all; fewer when it is shorter. */
export function readSource(source: FileSource, to = Number.POSITIVE_INFINITY): Readable {
  if ('path' in source) return createReadStream(source.path, { end: to - 1, highWaterMark: READ_BYTES });
  return Readable.from(readUrl(source.url, Math.min(to, source.bytes)), { objectMode: false });
}

/** For words in a log: without what an address lets its reader do. */
export const nameOfSource = (source: FileSource): string =>
  'path' in source ? source.path : new URL(source.url).pathname;

/** In pieces, of which each is asked for again when it is cut off: however slowly they are taken, nothing waits on a connection. */
async function* readUrl(url: string, to: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < to; at += PIECE_BYTES) {
    yield await readPiece(url, at, Math.min(to, at + PIECE_BYTES));
  }
}

async function readPiece(url: string, from: number, to: number): Promise<Buffer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const signal = AbortSignal.timeout(PIECE_MS);
      const answer = await fetch(url, { headers: { range: `bytes=${from}-${to - 1}` }, signal });
      const piece = Buffer.from(await answer.arrayBuffer());
      if (answer.status === 206 && piece.length === to - from) return piece;
      throw new Error(
        `${new URL(url).pathname} was answered with ${answer.status} and ${piece.length} bytes.`,
      );
    } catch (cause) {
      if (attempt === ATTEMPTS) throw cause;
      await new Promise<void>((resolve) => systemClock.after(attempt * 1000, resolve));
    }
  }
}
