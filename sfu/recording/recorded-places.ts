import { type Claimant, FairShares } from '#service/fair-shares.ts';

/**
 * Connections that a recording notes, by what became of the question put to them: more than come and go in a long meeting
 * of a hundred whose pages are reloaded now and then, and as many as a manifest holds (recorder/control/told-facts.ts).
 */
export const PLACES = {
  /** Who agreed: a file each, at least (recorder/control/file-limits.ts). */
  agreed: 1500,
  /** Who said no, and nothing else. */
  refused: 800,
  /** Who has said nothing. */
  silent: 700,
} as const;
export type Standing = keyof typeof PLACES;

interface Place {
  standing: Standing;
  claimant: Claimant;
}

/**
 * Who has a place in a recording. Whoever comes takes one of the silent ones, and gives it back when they answer: those who
 * never do cannot take the place of an answer.
 */
export class RecordedPlaces {
  readonly #shares: Record<Standing, FairShares>;
  readonly #places = new Map<string, Place>();

  constructor(places: Record<Standing, number> = PLACES) {
    this.#shares = {
      agreed: new FairShares(places.agreed),
      refused: new FairShares(places.refused),
      silent: new FairShares(places.silent),
    };
  }

  has(connectionId: string): boolean {
    return this.#places.has(connectionId);
  }

  /** Whom what this connection uses is charged to. */
  claimantOf(connectionId: string): Claimant | undefined {
    return this.#places.get(connectionId)?.claimant;
  }

  /**
   * Whoever has agreed once keeps that place.
   * @param claimant of somebody who has no place yet
   * @returns whether they have one like this, or a better one
   */
  take(connectionId: string, standing: Standing, claimant: Claimant): boolean {
    const before = this.#places.get(connectionId);
    if (before && rank[before.standing] >= rank[standing]) return true;
    const place = { standing, claimant: before?.claimant ?? claimant };
    if (!this.#shares[standing].take(place.claimant, 1)) return false;
    if (before) this.#shares[before.standing].giveBack(before.claimant, 1);
    this.#places.set(connectionId, place);
    return true;
  }
}

const rank: Record<Standing, number> = { silent: 0, refused: 1, agreed: 2 };
