/** Connections and marks of one person: however many windows and keys they come with, they all lead to each other. */
interface Entry {
  name: string;
  person: number;
  network: string | undefined;
}

/**
 * People by the names that they come under, bounded. When it is full those are forgotten who have most names, and of the
 * networks those from which most people came; their latest are kept.
 */
export class KnownPeople {
  readonly #most: number;
  /** The latest last. */
  readonly #entries = new Map<string, Entry>();
  #lastPerson = 0;

  /** @param names each somebody else's, as far as is known; the latest last */
  constructor(most: number, names: readonly string[] = []) {
    this.#most = most;
    for (const name of names) this.add([name]);
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** All of them are one person's, and whoever is known by one of them is that person. */
  add(names: readonly string[], network?: string): void {
    const known = names.map((name) => this.#entries.get(name)).find((entry) => entry !== undefined);
    this.#lastPerson += known ? 0 : 1;
    const person = known?.person ?? this.#lastPerson;
    for (const name of names) {
      this.#entries.delete(name);
      this.#entries.set(name, { name, person, network: known?.network ?? network });
    }
    if (this.#entries.size <= this.#most) return;
    for (const { name } of this.#byClaim().slice(this.#most)) this.#entries.delete(name);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  /** The latest last. @param most of those who would be forgotten last */
  names(most = this.#most): string[] {
    if (this.#entries.size <= most) return [...this.#entries.keys()];
    const kept = new Set(this.#byClaim().slice(0, most));
    return [...this.#entries.values()].filter((entry) => kept.has(entry)).map(({ name }) => name);
  }

  /** Everybody's latest name before anybody's second; of each of these every network's latest before any network's second. */
  #byClaim(): Entry[] {
    const namesOf = new Map<number, number>();
    const peopleOf = new Map<string, number>();
    const ranked = [...this.#entries.values()].reverse().map((entry) => {
      const { network, person } = entry;
      const nth = next(namesOf, person);
      return { entry, nth, nthOfNetwork: network === undefined ? 0 : next(peopleOf, `${nth} ${network}`) };
    });
    ranked.sort((a, b) => a.nth - b.nth || a.nthOfNetwork - b.nthOfNetwork);
    return ranked.map(({ entry }) => entry);
  }
}

function next<K>(counts: Map<K, number>, key: K): number {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count;
}
