/** One instant by both clocks that there are in a recorder. */
export interface Instant {
  /** Our clock: by it we wait, and judge who is silent. */
  readonly ourMs: number;
  /** The SFU's clock, epoch ms: by it media have their place. */
  readonly sfuMs: number;
}

/** Our clock and the SFU's, which is told by how far it is ahead of ours: nobody else adds that. */
export class Clocks {
  readonly #ourMs: () => number;
  readonly #sfuAheadMs: () => number;

  constructor(ourMs: () => number, sfuAheadMs: () => number) {
    this.#ourMs = ourMs;
    this.#sfuAheadMs = sfuAheadMs;
  }

  now(): Instant {
    return this.at(this.#ourMs());
  }

  /** What our clock alone has shown. */
  at(ourMs: number): Instant {
    return { ourMs, sfuMs: this.sfuMs(ourMs) };
  }

  /** What the SFU has told. */
  told(sfuMs: number): Instant {
    return { ourMs: sfuMs - this.#sfuAheadMs(), sfuMs };
  }

  /** For each packet, of which no instant is made: now, by our clock. */
  nowMs(): number {
    return this.#ourMs();
  }

  /** The same for what our clock has shown. */
  sfuMs(ourMs: number): number {
    return ourMs + this.#sfuAheadMs();
  }
}
