/** Hands out the ports of a range in turn, so that a port just closed is used again as late as possible. */
export class PortRange {
  readonly #first: number;
  readonly #count: number;
  #next = 0;

  constructor(first: number, last: number) {
    if (last < first) throw new RangeError(`the port range ${first}-${last} is empty`);
    this.#first = first;
    this.#count = last - first + 1;
  }

  /** Every port once, beginning behind the one given out last. */
  *candidates(): Generator<number> {
    for (let i = 0; i < this.#count; i += 1) {
      const port = this.#first + this.#next;
      this.#next = (this.#next + 1) % this.#count;
      yield port;
    }
  }
}
