import type { ProducerInfo } from '#protocol/people.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { Places } from '#service/places.ts';
import type { RecorderTransport } from '../media/recorder-transport.ts';
import { RecorderPath } from './recorder-path.ts';
import { Settling } from './settling.ts';

/** A meeting that records nothing gives its way back after this; whatever its host sends anew makes another one. */
export const STANDBY_MS = 10 * 60_000;
/** Of the ports for media to recorders: the rest is always there for those who are recorded. */
const SHARE_OF_PORTS = 0.1;

/** How many ways a server keeps ready at most. */
export const standbyPlaces = ({ portMax, portMin }: { portMin: number; portMax: number }): Places =>
  new Places(Math.floor((portMax - portMin + 1) * SHARE_OF_PORTS));

export interface StandbyHost {
  places: Places;
  clock: Clock;
  log: Log;
  /** @throws Fault `ports-exhausted`, `media-failed` */
  openTransport(): Promise<RecorderTransport>;
}

interface Ready {
  connectionId: string;
  producers: readonly ProducerInfo[];
}

/**
 * The host's way to a recorder, kept ready while nothing is recorded: what takes longest of a press of Record. It leads
 * nowhere: its streams are paused and no recorder knows of it, so no media flow before somebody agreed.
 */
export class Standby {
  readonly #host: StandbyHost;
  #wanted: Ready | undefined;
  /** Who and what was asked for last. */
  #what = '';
  #kept: { connectionId: string; path: RecorderPath } | undefined;
  readonly #settling = new Settling(
    () => this.#step(),
    (cause) => {
      // A press makes its own then.
      this.#host.log.debug('not-ready', { cause: (cause as Error).message });
      this.#drop();
    },
  );
  #cancelIdle: () => void = () => {};

  constructor(host: StandbyHost) {
    this.#host = host;
  }

  /** Whose way is to be ready, and what they send; undefined: nobody's. */
  want(wanted: Ready | undefined): void {
    const isAny = wanted && wanted.producers.length > 0;
    const what = isAny
      ? [wanted.connectionId, ...wanted.producers.map(({ producerId }) => producerId)].join()
      : '';
    // Also what was given back is not made again for the same.
    if (what === this.#what) return;
    this.#what = what;
    this.#cancelIdle();
    this.#bring(isAny ? wanted : undefined);
    if (isAny) this.#cancelIdle = this.#host.clock.after(STANDBY_MS, () => this.#bring(undefined));
  }

  /** This person is recorded now. Undefined where nothing is ready for them: one that is still being made is given back. */
  take(connectionId: string): RecorderPath | undefined {
    const kept = this.#kept;
    const isReady = kept?.connectionId === connectionId && !this.#settling.isRunning && !kept.path.closed;
    if (isReady) {
      this.#kept = undefined;
      this.#host.places.give();
    }
    this.want(undefined);
    return isReady ? kept.path : undefined;
  }

  #bring(wanted: Ready | undefined): void {
    this.#wanted = wanted;
    this.#settling.changed();
  }

  async #step(): Promise<void> {
    const wanted = this.#wanted;
    const isOther = this.#kept?.connectionId !== wanted?.connectionId || this.#kept?.path.closed;
    if (isOther) this.#drop();
    if (!wanted) return;
    if (!this.#kept && !(await this.#open(wanted.connectionId))) return;
    await this.#kept?.path.keepOnly(wanted.producers);
  }

  /** Answers whether there was a place. */
  async #open(connectionId: string): Promise<boolean> {
    const { openTransport, places } = this.#host;
    if (!places.take()) return false;
    try {
      this.#kept = { connectionId, path: new RecorderPath(await openTransport()) };
      return true;
    } catch (cause) {
      places.give();
      throw cause;
    }
  }

  #drop(): void {
    if (!this.#kept) return;
    this.#kept.path.close();
    this.#kept = undefined;
    this.#host.places.give();
  }
}
