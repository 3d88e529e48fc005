/** For whom something is taken; what is not known has no limit of its own. */
export interface Claimant {
  /** An IPv4 address, a /64 of IPv6: however many connections and names come from it. */
  network?: string | undefined;
  /** Somebody who is known again, under however many connections. */
  person?: string | undefined;
}

/**
 * What one of them may hold, as a multiple of what it leaves free. So nobody takes the last: the first network gets two
 * thirds, the next one two thirds of the rest; a person a fifth. Whoever holds little is served longest.
 */
const MULTIPLES = { network: 2, person: 1 / 4 } as const;
type Kind = keyof typeof MULTIPLES;
const kinds = Object.keys(MULTIPLES) as Kind[];

/** So much of something, shared out by what everybody holds already (a dynamic threshold, as switches share their buffers). */
export class FairShares {
  readonly #held = new Map<string, number>();
  #free: number;

  constructor(total: number) {
    this.#free = total;
  }

  /** Takes it whole, or nothing. */
  take(claimant: Claimant, amount: number): boolean {
    if (amount === 0) return true;
    if (!this.#has(claimant, amount)) return false;
    this.#move(claimant, amount);
    return true;
  }

  /** As it was taken. */
  giveBack(claimant: Claimant, amount: number): void {
    this.#move(claimant, -amount);
  }

  #has(claimant: Claimant, amount: number): boolean {
    const left = this.#free - amount;
    if (left < 0) return false;
    return groupsOf(claimant).every(
      ({ key, multiple }) => (this.#held.get(key) ?? 0) + amount <= Math.max(1, multiple * left),
    );
  }

  #move(claimant: Claimant, amount: number): void {
    this.#free -= amount;
    for (const { key } of groupsOf(claimant)) {
      const held = (this.#held.get(key) ?? 0) + amount;
      if (held > 0) this.#held.set(key, held);
      else this.#held.delete(key);
    }
  }
}

function groupsOf(claimant: Claimant): { key: string; multiple: number }[] {
  return kinds.flatMap((kind) => {
    const name = claimant[kind];
    return name === undefined ? [] : [{ key: `${kind} ${name}`, multiple: MULTIPLES[kind] }];
  });
}
