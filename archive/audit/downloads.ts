import type { Clock } from '#service/clock.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { Audit } from './audit.ts';
import type { Deed } from './deed.ts';

/** A download that goes on for longer is written down once more. */
export const DOWNLOAD_WINDOW_MS = 3_600_000;
/** Of more at once, the one that was begun first is written down again when it goes on. */
const MAX_KNOWN = 10_000;

interface Download {
  sinceMs: number;
  sentBytes: number;
}

/**
 * One line in the audit log for each download, in however many ranges it is fetched, and from wherever the first of them begins:
 * at the first byte that one asker is sent of a file, again when as much was sent as the file has, and again after an hour.
 */
export class Downloads {
  readonly #audit: Audit;
  readonly #clock: Clock;
  readonly #known = new RecentMap<string, Download>(MAX_KNOWN);

  constructor(options: { audit: Audit; clock: Clock }) {
    this.#audit = options.audit;
    this.#clock = options.clock;
  }

  /** Something of the file is about to be sent. @returns what is to be told of every byte that was */
  async begin(deed: Deed, fileBytes: number): Promise<(bytes: number) => void> {
    const key = JSON.stringify([deed.actor, deed.address, deed.action, deed.recordingId, deed.detail]);
    const nowMs = this.#clock.nowMs();
    const before = this.#known.get(key);
    const goesOn =
      before && nowMs - before.sinceMs < DOWNLOAD_WINDOW_MS && before.sentBytes < fileBytes
        ? before
        : undefined;
    const download = goesOn ?? { sinceMs: nowMs, sentBytes: 0 };
    this.#known.set(key, download);
    if (!goesOn) await this.#audit.record(deed);
    return (bytes) => {
      download.sentBytes += bytes;
    };
  }
}
