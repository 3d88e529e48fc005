import { browserClock } from './browser-clock.ts';
import { WholeFile } from './whole-file.ts';

/** About a second and a half of one person. */
export const PIECE_BYTES = 256 * 1024;
const RETRY_PERIOD_MS = 1000;
const MAX_RETRIES = 5;

/**
 * Reads a file of the server piece by piece, each with a request of its own. Some proxies take the Range out of a request,
 * and the whole file comes: then that one answer is read on and on, and of a file that grows one that follows it.
 */
export class FilePieces {
  readonly #url: string;
  readonly #signal: AbortSignal;
  /** Since the server, or what stands before it, sends whole files. */
  #whole: WholeFile | undefined;
  #isFollowed = false;

  constructor(url: string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  /** Whether nothing more will come, although the file may still grow. */
  get isOver(): boolean {
    return this.#isFollowed && this.#whole?.isOver === true;
  }

  /**
   * PIECE_BYTES, or less at the end of the file. Each begins where the one before has ended.
   * @throws when the server refuses, or cannot be reached for long
   */
  async read(at: number): Promise<Uint8Array> {
    for (let retries = 0; ; retries += 1) {
      try {
        const piece = await this.#try(at);
        if (piece) return piece;
      } catch (cause) {
        // A server that cannot be reached may be back soon: fetch then throws a TypeError.
        if (this.#signal.aborted || !(cause instanceof TypeError)) throw cause;
        this.#whole = undefined;
      }
      if (retries === MAX_RETRIES) throw new Error('The server does not answer.');
      await new Promise<void>((resolve) => browserClock.after(RETRY_PERIOD_MS, resolve));
    }
  }

  /** Undefined when the server is in trouble. */
  async #try(at: number): Promise<Uint8Array | undefined> {
    if (this.#whole && !this.#whole.isOver) return this.#whole.read(at, PIECE_BYTES);
    // What ended has been read to its end: if there is more, it comes to whoever waits for it.
    this.#isFollowed = this.#whole !== undefined;
    const url = this.#isFollowed ? followed(this.#url) : this.#url;
    // From one byte earlier, so that there is an answer when nothing has been added.
    const range = `bytes=${Math.max(0, at - 1)}-${at + PIECE_BYTES - 1}`;
    const answer = await fetch(url, {
      credentials: 'same-origin',
      headers: { range },
      signal: this.#signal,
      // A cache that has a part of the file from before it grew asks for the part only if nothing has changed, and
      // then gets the whole file instead.
      cache: 'no-store',
    });
    if (answer.status === 206) return new Uint8Array(await answer.arrayBuffer(), at > 0 ? 1 : 0);
    if (answer.status === 200 && answer.body) {
      this.#whole = new WholeFile(answer.body);
      return this.#whole.read(at, PIECE_BYTES);
    }
    if (answer.status < 500) throw new Error(`The server answers ${answer.status}.`);
    return undefined;
  }
}

/** The same file, sent until its writer completes it. */
function followed(url: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}follow=1`;
}
