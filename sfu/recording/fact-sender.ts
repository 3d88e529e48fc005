import { Fault } from '#protocol/errors.ts';
import type { Fact } from '#protocol/recorder.ts';
import type { FactLog } from './fact-log.ts';
import type { RecorderLink } from './recorder-link.ts';

/** Facts in one message; protocol/recorder.ts takes up to 1000. */
const BATCH = 500;
/** And of what they hold, in bytes: a message waits for its reader whole (sfu/signalling/unread.ts). */
const BATCH_BYTES = 256 * 1024;

/** Brings one recorder up to date with a recording's facts, one message at a time, each acknowledged. */
export class FactSender {
  readonly #log: FactLog;
  readonly #link: RecorderLink;
  readonly #recordingId: string;
  #acknowledged: number;
  #sending: Promise<void> | undefined;

  /** @param lastFact what the recorder has already */
  constructor(log: FactLog, link: RecorderLink, recordingId: string, lastFact: number) {
    this.#log = log;
    this.#link = link;
    this.#recordingId = recordingId;
    this.#acknowledged = lastFact;
  }

  /** Resolves when the recorder has taken over every fact there is. @throws Fault of the recorder, `recorder-lost` */
  async flush(): Promise<void> {
    if (!this.isBehind) return;
    this.#sending ??= this.#send();
    await this.#sending;
  }

  get isBehind(): boolean {
    return this.#acknowledged < this.#log.last;
  }

  async #send(): Promise<void> {
    try {
      // What follows from one request is told in one message.
      await undefined;
      while (this.isBehind) {
        const facts = firstBytes(this.#log.after(this.#acknowledged, BATCH));
        const lastFact = await this.#link.sendFacts({ recordingId: this.#recordingId, facts });
        // A recorder that takes nothing over would be asked for ever.
        if (lastFact <= this.#acknowledged)
          throw new Fault('internal', 'The recorder did not take the facts.');
        this.#acknowledged = lastFact;
      }
    } finally {
      this.#sending = undefined;
    }
  }
}

/** The first of them, one at least. */
function firstBytes(facts: readonly Fact[]): Fact[] {
  let bytes = 0;
  const beyond = facts.findIndex((fact, index) => {
    bytes += Buffer.byteLength(JSON.stringify(fact));
    return index > 0 && bytes > BATCH_BYTES;
  });
  return facts.slice(0, beyond < 0 ? facts.length : beyond);
}
