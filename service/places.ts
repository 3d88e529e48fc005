/** So many at once and no more. */
export class Places {
  readonly #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Answers whether one was free. */
  take(): boolean {
    if (this.#taken >= this.#max) return false;
    this.#taken += 1;
    return true;
  }

  give(): void {
    this.#taken -= 1;
  }
}

/**
 * One person's among those recorded at once: taken with the first packet that can be used, so that who sends nothing takes
 * none, and then until they leave.
 */
export class Place {
  readonly #places: Pick<Places, 'take' | 'give'>;
  /** `refused`: all were taken when the last packet came. */
  #state: 'none' | 'refused' | 'taken' = 'none';

  constructor(places: Pick<Places, 'take' | 'give'>) {
    this.#places = places;
  }

  get isRefused(): boolean {
    return this.#state === 'refused';
  }

  /** Answers whether they have one. */
  take(): boolean {
    if (this.#state !== 'taken') this.#state = this.#places.take() ? 'taken' : 'refused';
    return this.#state === 'taken';
  }

  give(): void {
    if (this.#state === 'taken') this.#places.give();
    this.#state = 'none';
  }
}
