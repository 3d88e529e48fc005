import type { Clock } from '#service/clock.ts';
import type { StoredFile } from '#store/store.ts';
import { FOLLOW_PERIOD_MS, type Look } from '../streams/live-looks.ts';

/** A file that has not grown for so long has lost its writer. */
export const FOLLOW_IDLE_MS = 60_000;
/** Who follows a growing file, and takes none of it for so long, does not read: a quarter of a megabyte is due by then. */
export const UNREAD_MS = 120_000;

/**
 * The file's bytes, then what is added to it, until it is no longer written, gone, or idle for FOLLOW_IDLE_MS.
 * @param options.onUnread nobody has taken any of it for UNREAD_MS
 */
export async function* followFile(options: {
  clock: Clock;
  file: StoredFile;
  look: () => Promise<Look>;
  onUnread: () => void;
}): AsyncGenerator<Buffer> {
  const { clock, onUnread } = options;
  for await (const chunk of chunksOf(options)) {
    const cancel = clock.after(UNREAD_MS, onUnread);
    try {
      yield chunk;
    } finally {
      cancel();
    }
  }
}

async function* chunksOf({
  clock,
  file,
  look,
}: {
  clock: Clock;
  file: StoredFile;
  look: () => Promise<Look>;
}): AsyncGenerator<Buffer> {
  let sent = 0;
  let grownAtMs = clock.nowMs();
  for (;;) {
    const { bytes, writing } = await look();
    if (bytes === undefined) return;
    if (bytes > sent) {
      yield* file.read(sent, bytes) as AsyncIterable<Buffer>;
      sent = bytes;
      grownAtMs = clock.nowMs();
    }
    if (!writing || clock.nowMs() - grownAtMs > FOLLOW_IDLE_MS) return;
    await new Promise<void>((resolve) => clock.after(FOLLOW_PERIOD_MS, resolve));
  }
}
