import { writeSync } from 'node:fs';

/** Written at one go. */
const PIECE_BYTES = 1024 ** 2;

/** Small pieces of bytes, written together. */
export class Pieces {
  readonly #file: number;
  #waiting: Buffer[] = [];
  #bytes = 0;

  constructor(file: number) {
    this.#file = file;
  }

  push(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= PIECE_BYTES) this.flush();
  }

  flush(): void {
    const all = Buffer.concat(this.#waiting);
    for (let at = 0; at < all.length; ) at += writeSync(this.#file, all, at);
    this.#waiting = [];
    this.#bytes = 0;
  }
}
