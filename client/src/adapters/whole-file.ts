/** A file that comes as one answer, read no faster than it is asked for. */
export class WholeFile {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** What has come and was not asked for yet, and where in the file it begins. */
  #rest: Uint8Array = new Uint8Array();
  #at = 0;
  #isOver = false;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** It has been read to its end. */
  get isOver(): boolean {
    return this.#isOver && this.#rest.length === 0;
  }

  /**
   * So many bytes, or less at the end. What lies before `at` is passed over and held by nobody; going back is not possible.
   * @throws the error of the connection
   */
  async read(at: number, bytes: number): Promise<Uint8Array> {
    const piece = new Uint8Array(bytes);
    let filled = 0;
    while (filled < bytes) {
      const passedOver = Math.min(this.#rest.length, Math.max(0, at + filled - this.#at));
      this.#take(passedOver);
      const taken = this.#take(Math.min(this.#rest.length, bytes - filled));
      piece.set(taken, filled);
      filled += taken.length;
      if (this.#rest.length > 0) continue;
      const { done, value } = await this.#reader.read();
      if (done) {
        this.#isOver = true;
        break;
      }
      this.#rest = value;
    }
    return piece.subarray(0, filled);
  }

  #take(bytes: number): Uint8Array {
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    this.#at += bytes;
    return taken;
  }
}
