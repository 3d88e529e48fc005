/** When a process that died is started again. */
export interface RestartPolicyOptions {
  /** The wait before the second restart; each one after it doubles. */
  firstDelayMs: number;
  maxDelayMs: number;
  /** A process that has served for so long is healthy: its next death counts as the first. */
  healthyAfterMs: number;
}

const DEFAULTS: RestartPolicyOptions = { firstDelayMs: 500, maxDelayMs: 30_000, healthyAfterMs: 60_000 };

/**
 * The first restart comes at once, since a meeting may be being recorded; what dies again and again waits longer each
 * time, so that it does not keep the machine busy.
 */
export class RestartPolicy {
  readonly #options: RestartPolicyOptions;
  #deaths = 0;

  constructor(options: RestartPolicyOptions = DEFAULTS) {
    this.#options = options;
  }

  /** The wait before the next start, after a death of a process that had served for `servedMs` (0: never ready). */
  died(servedMs: number): number {
    const { firstDelayMs, maxDelayMs, healthyAfterMs } = this.#options;
    if (servedMs >= healthyAfterMs) this.#deaths = 0;
    this.#deaths += 1;
    if (this.#deaths === 1) return 0;
    return Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(this.#deaths - 2, 30));
  }
}
