/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  /** @param name of whoever draws: everybody has numbers of their own, so that nobody's timing changes another's */
  constructor(seed: number, name: string) {
    this.#state = [...name].reduce(
      (sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 16_777_619),
      seed ^ 2_166_136_261,
    );
  }

  /** At least 0, below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  isTrue(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them. */
  pick<T>(among: readonly [T, ...T[]]): T {
    return among[Math.floor(this.next() * among.length)] ?? among[0];
  }
}
