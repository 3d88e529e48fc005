import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { Store } from '#store/store.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ManifestEditor } from '../keep/manifest-editor.ts';
import { type Sums, sumsOf } from './sums.ts';

/** How soon after a recording's end, or after a failure, it is tried. */
export const FINISH_PERIOD_MS = 5000;
const AT_ONCE = 20;
/** A recording of which nothing could be finished is left alone for so long, and twice as long each time, up to a bound. */
const RETRY_MS = FINISH_PERIOD_MS;
const MAX_RETRY_MS = 6 * 3_600_000;
/** Of more, the one that failed first is tried again with the next round. */
const MAX_FAILED_KNOWN = 10_000;

interface Parts {
  catalog: Catalog;
  store: Store;
  editor: ManifestEditor;
  clock: Clock;
  log: Log;
}

/** Adds to the manifests of closed recordings what takes longer than Stop may: the sums of their files. */
export class Finisher {
  readonly #parts: Parts;
  readonly #failed = new RecentMap<string, { waitMs: number; untilMs: number }>(MAX_FAILED_KNOWN);
  #endPeriod: () => void = () => {};
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Looks for work every FINISH_PERIOD_MS, until closed. */
  start(): void {
    this.#endPeriod = this.#parts.clock.every(FINISH_PERIOD_MS, () => {
      this.#running ??= this.run().finally(() => {
        this.#running = undefined;
      });
    });
  }

  /** Finishes what can be finished now. What cannot be does not stand in the way of what can. */
  async run(): Promise<void> {
    const { catalog, clock } = this.#parts;
    const { signal } = this.#closing;
    const unfinished = await catalog.unfinished(AT_ONCE + this.#failed.size);
    const nowMs = clock.nowMs();
    const due = unfinished.filter((recordingId) => (this.#failed.get(recordingId)?.untilMs ?? 0) <= nowMs);
    for (const recordingId of due.slice(0, AT_ONCE)) {
      if (signal.aborted) return;
      try {
        if (await this.#finish(recordingId)) this.#failed.delete(recordingId);
        else this.#postpone(recordingId);
      } catch (cause) {
        this.#postpone(recordingId);
        // Held by a recorder a moment longer, deleted meanwhile: the next round sees.
        if (cause instanceof Fault || signal.aborted) continue;
        this.#parts.log.warn('finish-failed', { recordingId, cause: (cause as Error).message });
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('closing'));
    this.#endPeriod();
    await this.#running;
  }

  #postpone(recordingId: string): void {
    const waitMs = Math.min(MAX_RETRY_MS, 2 * (this.#failed.get(recordingId)?.waitMs ?? RETRY_MS / 2));
    this.#failed.set(recordingId, { waitMs, untilMs: this.#parts.clock.nowMs() + waitMs });
  }

  /** @returns whether anything was */
  async #finish(recordingId: string): Promise<boolean> {
    const { editor, store } = this.#parts;
    const stored = await store.readManifest(recordingId);
    if (!stored || (await store.isOwned(recordingId))) return false;
    const sums = new Map<string, Sums>();
    for (const { name, sha256 } of stored.manifest.files) {
      const before = await store.stat(recordingId, name);
      if (sha256 !== undefined || !before) continue;
      const found = await sumsOf(await store.sourceOf(recordingId, name), this.#closing.signal);
      // A file that changed under the computation has no sum yet.
      if ((await store.stat(recordingId, name))?.version === before.version) sums.set(name, found);
    }
    if (sums.size === 0) return false;
    await editor.edit(recordingId, (manifest) => ({
      ...manifest,
      files: manifest.files.map((file) =>
        file.sha256 === undefined ? { ...file, ...sums.get(file.name) } : file,
      ),
    }));
    return true;
  }
}
