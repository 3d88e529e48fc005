/** The offset is taken from the quickest of this many last exchanges. */
const EXCHANGES = 16;

interface Exchange {
  roundTripMs: number;
  offsetMs: number;
}

/**
 * The SFU's clock minus ours, learned from the heartbeat's answers as NTP does it (RFC 5905 §8): the quickest recent
 * exchange was the least delayed, and is off by at most half its round trip.
 */
export class SfuClock {
  readonly #exchanges: Exchange[] = [];
  /** Read with every packet. */
  #offsetMs = 0;

  /** 0 until the first exchange: SFU and recorder then count as one machine. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** @param sfuMs the SFU's clock, read between `sentMs` and `receivedMs` of ours */
  exchange(sentMs: number, sfuMs: number, receivedMs: number): void {
    this.#exchanges.push({ roundTripMs: receivedMs - sentMs, offsetMs: sfuMs - (sentMs + receivedMs) / 2 });
    if (this.#exchanges.length > EXCHANGES) this.#exchanges.shift();
    const quickest = this.#exchanges.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a));
    this.#offsetMs = quickest.offsetMs;
  }
}
