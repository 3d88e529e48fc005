import type { Member } from './member.ts';

/** Within this time elements begin to move after they were told to play; whoever needs longer joins the others then. */
const BEGINNING_MS = 1000;
/**
 * Nobody waits longer for one whose file does not arrive: they go on, and the late one joins them when it can. When nobody has
 * begun for so long, the clock goes on alone.
 */
const PATIENCE_MS = 15_000;

/**
 * Everybody waits until all files are there, and is set going; once all move, the clock of the group runs from the middle one
 * of their positions.
 */
export class Beginning {
  #waitingSinceMs: number | undefined;
  #sinceMs: number | undefined;

  /** Whether everybody waits. @param missing so many files, of those that are to play now, are not there yet */
  isHeldFor(missing: number, nowMs: number): boolean {
    this.#waitingSinceMs = missing === 0 ? undefined : (this.#waitingSinceMs ?? nowMs);
    return this.#waitingSinceMs !== undefined && nowMs - this.#waitingSinceMs < PATIENCE_MS;
  }

  /** Whether it takes long already. */
  isSlow(nowMs: number): boolean {
    return nowMs - (this.#sinceMs ?? nowMs) >= BEGINNING_MS;
  }

  /** It is over, or there is none any more. */
  end(): void {
    this.#sinceMs = undefined;
  }

  /** Everybody is sent elsewhere. */
  anew(): void {
    this.#waitingSinceMs = undefined;
    this.end();
  }

  /**
   * To be called until it answers otherwise than `not-yet`: with where the clock runs from, in milliseconds on the
   * recording's common clock (undefined: from where it is), or `refused` when the browser wants a press first.
   */
  setGoing(
    members: readonly Member[],
    rate: number,
    nowMs: number,
  ): { fromMs?: number } | 'not-yet' | 'refused' {
    this.#sinceMs ??= nowMs;
    const begun = members.map((member) => member.begin(rate));
    if (begun.includes('refused')) return 'refused';
    const positions = begun
      .filter((positionMs) => typeof positionMs === 'number')
      .toSorted((one, other) => one - other);
    // While nobody moves nothing is lost by waiting; the clock alone would run to the end of a short file unseen.
    const isLate = positions.length > 0 ? this.isSlow(nowMs) : nowMs - this.#sinceMs >= PATIENCE_MS;
    if (positions.length < members.length && !isLate) return 'not-yet';
    const fromMs = positions[Math.floor(positions.length / 2)];
    return fromMs === undefined ? {} : { fromMs };
  }
}
