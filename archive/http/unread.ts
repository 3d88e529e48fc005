import type { Clock } from '#service/clock.ts';

/** Who follows a growing file, and takes none of it for so long, does not read: a quarter of a megabyte is due by then. */
export const UNREAD_MS = 120_000;

/** The chunks, for as long as somebody takes them. @param onUnread nobody has for UNREAD_MS */
export async function* whileRead<T>(
  chunks: AsyncIterable<T>,
  clock: Pick<Clock, 'after'>,
  onUnread: () => void,
): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    const cancel = clock.after(UNREAD_MS, onUnread);
    try {
      yield chunk;
    } finally {
      cancel();
    }
  }
}
