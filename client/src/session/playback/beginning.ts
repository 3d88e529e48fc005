import type { Member } from './member.ts';

/** Within this time elements begin to move after they were told to play; whoever needs longer joins the others then. */
const BEGINNING_MS = 1000;

/** Everybody is set going; once all move, the clock of the group runs from the middle one of their positions. */
export class Beginning {
  readonly #patienceMs: number;
  #sinceMs: number | undefined;

  /** @param patienceMs the clock alone goes on when nobody has begun for so long */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Whether it takes long already. */
  isSlow(nowMs: number): boolean {
    return nowMs - (this.#sinceMs ?? nowMs) >= BEGINNING_MS;
  }

  /** It is over, or there is none any more. */
  end(): void {
    this.#sinceMs = undefined;
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
    const begun = members.map((member) => ({ startMs: member.track.startMs, fileMs: member.begin(rate) }));
    if (begun.some(({ fileMs }) => fileMs === 'refused')) return 'refused';
    const positions = begun
      .flatMap(({ fileMs, startMs }) => (typeof fileMs === 'number' ? [startMs + fileMs] : []))
      .toSorted((one, other) => one - other);
    // While nobody moves nothing is lost by waiting; the clock alone would run to the end of a short file unseen.
    const isLate = positions.length > 0 ? this.isSlow(nowMs) : nowMs - this.#sinceMs >= this.#patienceMs;
    if (positions.length < members.length && !isLate) return 'not-yet';
    const fromMs = positions[Math.floor(positions.length / 2)];
    return fromMs === undefined ? {} : { fromMs };
  }
}
