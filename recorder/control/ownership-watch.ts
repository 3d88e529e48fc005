import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { OWNER_BEAT_MS, OWNER_TIMEOUT_MS, type Ownership } from '#store/ownership.ts';

/** Keeps one recording's folder ours, and knows when that is in doubt. Beats are in wall time: others compare them with theirs. */
export class OwnershipWatch {
  readonly #ownership: Ownership;
  readonly #clock: Pick<Clock, 'nowMs' | 'wallMs'>;
  readonly #log: Log;
  /** The last beat that the disk took. */
  #ownedMs: number;
  #nextBeatMs: number;
  /** One at a time: each that hangs in the disk keeps a thread, and there are few. */
  #isBeating = false;

  constructor(ownership: Ownership, clock: Pick<Clock, 'nowMs' | 'wallMs'>, log: Log) {
    const nowMs = clock.nowMs();
    this.#ownership = ownership;
    this.#clock = clock;
    this.#log = log;
    this.#ownedMs = nowMs;
    this.#nextBeatMs = nowMs + OWNER_BEAT_MS;
  }

  /** After a pause this long (SIGSTOP, a sleeping machine) the folder may have another owner: first ask. */
  isDoubtful(nowMs: number): boolean {
    return nowMs - this.#ownedMs >= OWNER_TIMEOUT_MS;
  }

  /** Beats when that is due. @param onLost somebody else has the folder */
  tick(nowMs: number, onLost: () => void): void {
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

  release(): Promise<void> {
    return this.#ownership.release();
  }

  #failed(cause: Error): void {
    this.#log.warn('ownership-beat-failed', { cause: cause.message });
  }
}
