import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { FactLog } from './fact-log.ts';
import { FactSender } from './fact-sender.ts';
import type { RecorderLink } from './recorder-link.ts';

/** Facts that the recorder refused are offered again after this. */
const RETRY_MS = 1000;

export interface FactCourierOptions {
  recordingId: string;
  facts: FactLog;
  clock: Clock;
  log: Log;
}

/** Brings a recording's facts to whichever recorder has it, and tells when they are there. */
export class FactCourier {
  readonly #options: FactCourierOptions;
  /** To the recorder that has opened it, or that will. */
  #sender = awaited();
  #isOpen = false;
  #cancelRetry: () => void = () => {};

  constructor(options: FactCourierOptions) {
    this.#options = options;
  }

  opened(recorder: RecorderLink, lastFact: number): void {
    const { facts, recordingId } = this.#options;
    this.#sender.resolve(new FactSender(facts, recorder, recordingId, lastFact));
    this.#isOpen = true;
    this.send();
  }

  /** The recorder has it no longer, or does not take it. */
  lost(): void {
    this.#cancelRetry();
    this.#isOpen = false;
    this.#sender.reject(new Fault('recorder-lost'));
    this.#sender = awaited();
  }

  /** There are new ones. */
  send(): void {
    const { clock, log, recordingId } = this.#options;
    const sender = this.#sender;
    if (!this.#isOpen) return;
    this.told().catch((cause) => {
      const fault = Fault.from(cause);
      if (this.#sender !== sender || fault.code === 'recorder-lost') return;
      log.error('facts-refused', { recordingId, cause: fault.message });
      this.#cancelRetry();
      this.#cancelRetry = clock.after(RETRY_MS, () => this.send());
    });
  }

  /**
   * Resolves when the recorder has taken over what there is; one that is still asked, once it has opened the recording.
   * @throws Fault `recorder-lost`, or the recorder's own
   */
  async told(): Promise<void> {
    await (await this.#sender.promise).flush();
  }

  /** The same, with all that happens until then. */
  async drained(): Promise<void> {
    const sender = await this.#sender.promise;
    while (sender.isBehind) await sender.flush();
  }
}

function awaited(): PromiseWithResolvers<FactSender> {
  const sender = Promise.withResolvers<FactSender>();
  // Nobody may be waiting for it.
  sender.promise.catch(() => undefined);
  return sender;
}
