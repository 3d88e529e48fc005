import type { ErrorCode, Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';

const LINE_INTERVAL_MS = 1000;

/** Refused handshakes: anyone can cause them, so at most one log line a second tells their number and the last cause. */
export class Refusals {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #log: Pick<Log, 'warn'>;
  readonly #event: string;
  readonly #count: (code: ErrorCode) => void;
  #untold = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: {
    clock: Pick<Clock, 'nowMs'>;
    log: Pick<Log, 'warn'>;
    event: string;
    count: (code: ErrorCode) => void;
  }) {
    this.#clock = options.clock;
    this.#log = options.log;
    this.#event = options.event;
    this.#count = options.count;
  }

  /** @param address of whoever is refused @returns the error to refuse with, which arrives as connect_error with the body in `data`. */
  refuse(fault: Fault, address?: string): Error {
    this.#count(fault.code);
    this.#untold += 1;
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#toldAtMs >= LINE_INTERVAL_MS) {
      this.#log.warn(this.#event, { count: this.#untold, code: fault.code, address });
      this.#untold = 0;
      this.#toldAtMs = nowMs;
    }
    return Object.assign(new Error(fault.message), { data: fault.toBody() });
  }
}
