import type { ScreenLock } from '../ports/staying.ts';

/** Keeps the screen on for as long as somebody holds it: a phone that goes dark stops its camera, and soon its sound. */
export class AwakeScreen {
  readonly #lock: ScreenLock;
  #holders = 0;
  #unwatch: () => void = () => undefined;
  #release: (() => void) | undefined;
  /** Of the latest attempt; what an older one brings is given back. */
  #attempt = new AbortController();

  constructor(lock: ScreenLock) {
    this.#lock = lock;
  }

  /** @returns lets go of it; once is enough */
  readonly hold = (): (() => void) => {
    this.#holders += 1;
    if (this.#holders === 1) {
      this.#unwatch = this.#lock.watchShown(() => void this.#take());
      void this.#take();
    }
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.#letGo();
    };
  };

  async #take(): Promise<void> {
    if (!this.#lock.isShown) return;
    this.#attempt.abort();
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    const release = await this.#lock.take();
    if (signal.aborted) return release?.();
    this.#release?.();
    this.#release = release;
  }

  #letGo(): void {
    this.#attempt.abort();
    this.#unwatch();
    this.#release?.();
    this.#release = undefined;
  }
}
