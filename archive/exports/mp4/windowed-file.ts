import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { FlvSource } from '#recorder/flv/flv-reader.ts';

const WINDOW_BYTES = 1024 ** 2;

/** A file that is read from its beginning to its end, a piece at a time; the process has nothing else to do meanwhile. */
export class WindowedFile implements FlvSource {
  readonly size: number;
  readonly #descriptor: number;
  #window = Buffer.alloc(0);
  #at = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.size = fstatSync(this.#descriptor).size;
  }

  /** What was read stays as it is. */
  async read(offset: number, length: number): Promise<Buffer> {
    if (offset < this.#at || offset + length > this.#at + this.#window.length) this.#move(offset, length);
    return this.#window.subarray(offset - this.#at, offset - this.#at + length);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #move(offset: number, length: number): void {
    // Never the same memory again: views of it are still in use.
    const window = Buffer.alloc(Math.min(Math.max(WINDOW_BYTES, length), Math.max(0, this.size - offset)));
    let filled = 0;
    while (filled < window.length) {
      const bytes = readSync(this.#descriptor, window, filled, window.length - filled, offset + filled);
      if (bytes === 0) break;
      filled += bytes;
    }
    this.#window = window.subarray(0, filled);
    this.#at = offset;
  }
}
