import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Store } from '#store/store.ts';

/** How often it is looked whether a file has grown. */
export const FOLLOW_PERIOD_MS = 250;
/** A look younger than this serves whoever asks; shorter than the period, since timers come a little early. */
const SHARED_MS = 200;
/** Nobody asks for it any more. */
const FORGET_MS = 5000;

/** A file as it is now: `bytes` undefined when it is gone. */
export interface Look {
  writing: boolean;
  bytes: number | undefined;
}

/** Whether a file of this name is still being written, by the manifest of this version. */
interface LiveManifest {
  version: string | undefined;
  isWriting(name: string): boolean;
}

interface Shared<T> {
  atMs: number;
  value: Promise<T>;
}

/** What is looked at again and again on behalf of all who follow growing files: once for all of them in each period. */
export class LiveLooks {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #files = new Map<string, Shared<Look>>();
  readonly #manifests = new Map<string, Shared<LiveManifest>>();

  constructor(options: { store: Store; clock: Clock; log: Log }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  look(recordingId: string, name: string): Promise<Look> {
    return this.#shared(this.#files, `${recordingId}/${name}`, async () => {
      // Asked before the size, so that the last bytes of a file that is completed meanwhile are seen too.
      const manifest = await this.#shared(this.#manifests, recordingId, (before) =>
        this.#manifest(recordingId, before),
      );
      const bytes = (await this.#store.stat(recordingId, name))?.bytes;
      return { writing: manifest.isWriting(name), bytes };
    });
  }

  /** What was found just now, or is being looked for; else what `look` finds now. */
  #shared<T>(
    kept: Map<string, Shared<T>>,
    key: string,
    look: (before: Promise<T> | undefined) => Promise<T>,
  ): Promise<T> {
    const nowMs = this.#clock.nowMs();
    const before = kept.get(key);
    if (before && nowMs - before.atMs < SHARED_MS) return before.value;
    const value = look(before?.value);
    // The one that was looked at last stands last.
    kept.delete(key);
    kept.set(key, { atMs: nowMs, value });
    for (const [other, { atMs }] of kept) {
      if (nowMs - atMs < FORGET_MS) break;
      kept.delete(other);
    }
    return value;
  }

  /** Read again only when it is another one than before. */
  async #manifest(recordingId: string, before: Promise<LiveManifest> | undefined): Promise<LiveManifest> {
    try {
      const version = await this.#store.manifestVersion(recordingId);
      const known = await before;
      if (known && known.version === version) return known;
      const stored = await this.#store.readManifest(recordingId);
      if (!stored) return { version: undefined, isWriting: () => false };
      const { files, state } = stored.manifest;
      const states = new Map(files.map((file) => [file.name, file.state]));
      const isWriting = (name: string) =>
        state === 'recording' && (states.get(name) ?? 'writing') === 'writing';
      return { version: stored.version, isWriting };
    } catch (cause) {
      this.#log.warn('manifest-broken', { recordingId, cause: (cause as Error).message });
      return { version: undefined, isWriting: () => false };
    }
  }
}
