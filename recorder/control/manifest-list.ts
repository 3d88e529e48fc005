/** One list of a manifest, which only grows, up to a bound of the bytes that it takes there. */
export class ManifestList<T extends object> {
  readonly #maxBytes: number;
  #entries: T[];
  #bytes: number;

  constructor(entries: readonly T[], maxBytes: number) {
    this.#entries = [...entries];
    this.#maxBytes = maxBytes;
    this.#bytes = entries.reduce((sum, entry) => sum + bytesInManifest(entry), 0);
  }

  get entries(): readonly T[] {
    return this.#entries;
  }

  /**
   * @param share of the whole that this entry may still use: what must always be noted keeps the rest for itself
   * @returns whether there was room
   */
  push(entry: T, share = 1): boolean {
    return this.pushAll([entry], share);
  }

  /** All of them, or none. */
  pushAll(entries: readonly T[], share = 1): boolean {
    const bytes = entries.reduce((sum, entry) => sum + bytesInManifest(entry), 0);
    if (this.#bytes + bytes > this.#maxBytes * share) return false;
    for (const entry of entries) this.#entries.push(entry);
    this.#bytes += bytes;
    return true;
  }

  remove(isGone: (entry: T) => boolean): void {
    const gone = this.#entries.filter(isGone);
    this.#entries = this.#entries.filter((entry) => !isGone(entry));
    this.#bytes -= gone.reduce((sum, entry) => sum + bytesInManifest(entry), 0);
  }
}

/** As it stands there: indented, two levels deep, with a comma. */
export function bytesInManifest(entry: object): number {
  const text = JSON.stringify(entry, undefined, 1);
  const lines = text.split('\n').length;
  return Buffer.byteLength(text) + 2 * lines + 2;
}
