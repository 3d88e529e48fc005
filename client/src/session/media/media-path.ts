import type { Clock } from '../ports/clock.ts';
import type { IceParameters, TransportHooks } from '../ports/media.ts';
import type { SignallingConnection } from '../ports/signalling.ts';

/** So long may a path take to open, or to open again: not every browser tells that it has given up. */
export const OPEN_LIMIT_MS = 20_000;

export interface PathEvents {
  /** Something goes over it, for the first time or again. */
  open(): void;
  /** Nothing goes over it; it is being mended. */
  blocked(): void;
  /** An ICE restart did not help. */
  broken(): void;
  /** Whether the server can be asked now; where it cannot, `mend` is to be called once it can. */
  mayAsk(mend: () => void): boolean;
}

/** One transport's path to the server, mended by one ICE restart each time that it is interrupted or given up. */
export class MediaPath {
  readonly hooks: TransportHooks;
  readonly #connection: SignallingConnection;
  readonly #transportId: string;
  readonly #restart: (parameters: IceParameters) => Promise<void>;
  readonly #clock: Clock;
  readonly #events: PathEvents;
  readonly #signal: AbortSignal;
  #isOpen = false;
  #hasRestarted = false;
  #stopWaiting: () => void = () => undefined;

  constructor(options: {
    connection: SignallingConnection;
    transportId: string;
    restart: (parameters: IceParameters) => Promise<void>;
    clock: Clock;
    /** Aborted, nothing is heard of it any more. */
    signal: AbortSignal;
    events: PathEvents;
  }) {
    const { connection, transportId } = options;
    this.#connection = connection;
    this.#transportId = transportId;
    this.#restart = options.restart;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#signal = options.signal;
    this.#signal.addEventListener('abort', () => this.#stopWaiting());
    this.hooks = {
      connect: async (dtlsParameters) => {
        this.#wait();
        await connection.request('connectTransport', { transportId, dtlsParameters });
      },
      produce: async (params) => (await connection.request('produce', { transportId, ...params })).producerId,
      interrupted: () => this.#interrupted(),
      failed: () => this.#failed(),
      connected: () => this.#opened(),
    };
  }

  #opened(): void {
    if (this.#signal.aborted) return;
    this.#stopWaiting();
    this.#isOpen = true;
    this.#hasRestarted = false;
    this.#events.open();
  }

  #interrupted(): void {
    this.#isOpen = false;
    if (!this.#hasRestarted) void this.#mend();
  }

  #failed(): void {
    if (this.#signal.aborted) return;
    this.#stopWaiting();
    this.#isOpen = false;
    this.#events.blocked();
    void this.#mend();
  }

  async #mend(): Promise<void> {
    if (this.#signal.aborted || !this.#events.mayAsk(() => void this.#mend())) return;
    if (this.#hasRestarted) return this.#events.broken();
    this.#hasRestarted = true;
    try {
      const { iceParameters } = await this.#connection.request('restartIce', {
        transportId: this.#transportId,
      });
      // Nobody would tell that a path which is open already has opened.
      if (this.#signal.aborted || this.#isOpen) return;
      this.#wait();
      await this.#restart(iceParameters);
    } catch {
      // Without an answer there is nothing to restart with: a new transport is the way out, or the server once it can be asked.
      this.#hasRestarted = false;
      if (!this.#signal.aborted && this.#events.mayAsk(() => void this.#mend())) this.#events.broken();
    }
  }

  #wait(): void {
    this.#stopWaiting();
    this.#stopWaiting = this.#clock.after(OPEN_LIMIT_MS, () => this.#failed());
  }
}
