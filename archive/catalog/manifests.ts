import type { StoredManifest } from '#store/manifest-file.ts';
import { PARSED_AT_ONCE_CHARS } from '#store/parse-apart.ts';
import type { Store } from '#store/store.ts';
import { Turns } from '../work/turns.ts';

/** Recordings whose long manifests are waited for at once; each is parsed for all who ask for it. */
export const MAX_WAITING = 50;
/** Of what was parsed last, so many bytes of text are kept as manifests; in memory they are some times as much. */
export const MAX_KEPT_BYTES = 16 * 1024 ** 2;

interface Known {
  version: string;
  bytes: number;
  value: Promise<StoredManifest | undefined>;
}

/**
 * Manifests for those who ask for them, however many: one of a version is read once for all of them, one long one at a time, and its
 * text only when its turn has come.
 */
export class Manifests {
  readonly #store: Store;
  readonly #turns = new Turns({ places: 1, maxWaiting: MAX_WAITING, maxWaitingOfOne: 2 });
  readonly #closing = new AbortController();
  /** By recording: what was asked for last stands last. */
  readonly #known = new Map<string, Known>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * @returns undefined when there is none; it is the same object for all who ask, and nobody changes it
   * @throws Fault `rate-limited` when too many wait, `manifest-broken`
   */
  async read(recordingId: string): Promise<StoredManifest | undefined> {
    const facts = await this.#store.manifestFacts(recordingId);
    if (!facts) {
      this.forget(recordingId);
      return undefined;
    }
    const { bytes, version } = facts;
    const before = this.#known.get(recordingId);
    const known =
      before?.version === version ? before : { version, bytes, value: this.#parse(recordingId, bytes) };
    this.#known.delete(recordingId);
    this.#known.set(recordingId, known);
    const forget = () => {
      if (this.#known.get(recordingId) === known) this.forget(recordingId);
    };
    if (known !== before) known.value.then((read) => read?.version !== version && forget(), forget);
    this.#forgetOldest();
    return known.value;
  }

  /** What is deleted stays in no memory either. */
  forget(recordingId: string): void {
    this.#known.delete(recordingId);
  }

  close(): void {
    this.#closing.abort(new Error('closing'));
  }

  async #parse(recordingId: string, bytes: number): Promise<StoredManifest | undefined> {
    // A short one is parsed more quickly than its turn would come.
    if (bytes <= PARSED_AT_ONCE_CHARS) return this.#store.readManifest(recordingId);
    const { signal } = this.#closing;
    return this.#turns.run(recordingId, { signal }, () => this.#store.readManifest(recordingId));
  }

  #forgetOldest(): void {
    let bytes = 0;
    for (const known of this.#known.values()) bytes += known.bytes;
    for (const [recordingId, known] of this.#known) {
      // However long, the last one serves those who wait for it.
      if (bytes <= MAX_KEPT_BYTES || this.#known.size === 1) return;
      bytes -= known.bytes;
      this.forget(recordingId);
    }
  }
}
