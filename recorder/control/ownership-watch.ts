import type { Clock } from '#service/clock.ts';
import { inTime } from '#service/in-time.ts';
import type { Log } from '#service/log.ts';
import { OWNER_BEAT_MS, OWNER_TIMEOUT_MS, type Ownership } from '#store/ownership.ts';

/** At the end the disk is asked once more whose folder it is; one that does not answer has not given it to anybody else. */
const OWNER_WITHIN_MS = 300;

/** Keeps one recording's folder ours, and knows when that is in doubt. Beats are in wall time: others compare them with theirs. */
export class OwnershipWatch {
  readonly #ownership: Ownership;
  readonly #clock: Clock;
  readonly #log: Log;
  /** The last beat that the disk took. */
  #ownedMs: number;
  #nextBeatMs: number;
  /** One at a time: each that hangs in the disk keeps a thread, and there are few. */
  #isBeating = false;

  constructor(ownership: Ownership, clock: Clock, log: Log) {
    const nowMs = clock.nowMs();
    this.#ownership = ownership;
    this.#clock = clock;
    this.#log = log;
    this.#ownedMs = nowMs;
    this.#nextBeatMs = nowMs + OWNER_BEAT_MS;
  }

  /** After a pause this long (SIGSTOP, a sleeping machine) the folder may have another owner: first ask. */
  get isDoubtful(): boolean {
    return this.#clock.nowMs() - this.#ownedMs >= OWNER_TIMEOUT_MS;
  }

  /** Beats when that is due. @param onLost somebody else has the folder */
  tick(onLost: () => void): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs < this.#nextBeatMs || this.#isBeating) return;
    this.#nextBeatMs = nowMs + OWNER_BEAT_MS;
    this.#isBeating = true;
    this.#ownership
      .beat(this.#clock.wallMs())
      .then(
        (owned) => {
          if (owned) this.#ownedMs = nowMs;
          else onLost();
        },
        (cause: Error) => this.#failed(cause),
      )
      .finally(() => {
        this.#isBeating = false;
      });
  }

  /** Asks the disk. One that does not answer has not given the folder to anybody else. */
  async isOurs(): Promise<boolean> {
    try {
      return await this.#ownership.beat(this.#clock.wallMs());
    } catch (cause) {
      this.#failed(cause as Error);
      return true;
    }
  }

  /** The same within a bound, unless it is in doubt. */
  async isOursInTime(): Promise<boolean> {
    const answer = this.isOurs();
    const isAnswered = await inTime(this.#clock, OWNER_WITHIN_MS, answer);
    return isAnswered || this.isDoubtful ? answer : true;
  }

  release(): Promise<void> {
    return this.#ownership.release();
  }

  #failed(cause: Error): void {
    this.#log.warn('ownership-beat-failed', { cause: cause.message });
  }
}
