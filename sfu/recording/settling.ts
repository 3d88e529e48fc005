/**
 * Brings something step by step to what is wanted of it. A step runs again for as long as anything has changed since it began, and
 * never beside another one.
 */
export class Settling {
  readonly #step: () => Promise<void>;
  readonly #failed: (cause: unknown) => void;
  #isRunning = false;
  #isStale = false;
  #isOver = false;

  /** @param failed told of each step that failed; it is not repeated for that */
  constructor(step: () => Promise<void>, failed: (cause: unknown) => void) {
    this.#step = step;
    this.#failed = failed;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** What the step that runs began with is wanted no more: the next one is due already. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Something else is wanted. */
  changed(): void {
    this.#isStale = true;
    if (!this.#isRunning) void this.#run();
  }

  /** No step begins from now on. */
  end(): void {
    this.#isOver = true;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isStale && !this.#isOver) {
      this.#isStale = false;
      try {
        await this.#step();
      } catch (cause) {
        this.#failed(cause);
      }
    }
    this.#isRunning = false;
  }
}
