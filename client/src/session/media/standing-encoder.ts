import type { PictureCounts } from '../ports/media.ts';

/** An encoder that gives nothing for so long, while pictures are given to it, has failed. */
export const STANDS_MS = 5000;
/**
 * So long without a word from the server, or without a look (a page that slept), and it counts anew: browsers encode nothing
 * while their packets do not get through. A server that is there answers a check every 2.5 s (libwebrtc).
 */
const QUIET_MS = 4000;
/** A picture may be on its way, or left out; so many are not. The very first one is owed to everybody. */
const FEW = 5;

interface Look extends PictureCounts {
  readonly atMs: number;
}

/**
 * Tells an encoder that fails from a screen that stands still, from a camera that gives nothing, and from a network that is
 * cut: by what the browser counts of one sender, look by look.
 */
export class StandingEncoder {
  #last: Look | undefined;
  #heardMs = 0;
  /** What had been given when the last picture was encoded. */
  #givenBefore = 0;
  /** Since when something that was given is not encoded. */
  #sinceMs: number | undefined;

  /** @param counts undefined: nothing is to be sent, or the browser does not say. @returns true once it has failed */
  push(counts: PictureCounts | undefined, nowMs: number): boolean {
    const last = this.#last;
    this.#last = counts && { ...counts, atMs: nowMs };
    if (!counts) return false;
    if (!last || counts.heard !== last.heard) this.#heardMs = nowMs;
    const isQuiet = nowMs - (last?.atMs ?? nowMs) > QUIET_MS || nowMs - this.#heardMs > QUIET_MS;
    // Another camera's pictures are counted from zero.
    if (!last || isQuiet || counts.encoded !== last.encoded || counts.given < last.given) {
      return this.#anew(counts);
    }
    const owed = counts.given - this.#givenBefore;
    if (owed > 0) this.#sinceMs ??= nowMs;
    const isLong = this.#sinceMs !== undefined && nowMs - this.#sinceMs >= STANDS_MS;
    if (!isLong || owed < (counts.encoded === 0 ? 1 : FEW)) return false;
    this.#anew(counts);
    return true;
  }

  #anew({ encoded, given }: PictureCounts): false {
    this.#sinceMs = undefined;
    this.#givenBefore = encoded === 0 ? 0 : given;
    return false;
  }
}
