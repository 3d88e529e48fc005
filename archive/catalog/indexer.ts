import { Fault } from '#protocol/errors.ts';
import type { Clock } from '#service/clock.ts';
import { inTurn } from '#service/in-turn.ts';
import type { Log } from '#service/log.ts';
import type { Store } from '#store/store.ts';
import type { Catalog } from './catalog.ts';
import { summarize, summarizeBroken } from './summarize.ts';

/** A lost hint is made good after this time. */
export const RECONCILE_PERIOD_MS = 30_000;

/** Every so many times all recordings are compared with the catalog, not only changed ones. */
const RECONCILES_PER_WHOLE = 120;

/** Keeps the catalog equal to the manifests in the store. One change at a time, in the order asked for. */
export class Indexer {
  readonly #store: Store;
  readonly #catalog: Catalog;
  readonly #log: Log;
  readonly #inTurn = inTurn();
  #endPeriod: () => void = () => {};
  #reconciling = false;
  #reconciles = 0;

  constructor(options: { store: Store; catalog: Catalog; log: Log }) {
    this.#store = options.store;
    this.#catalog = options.catalog;
    this.#log = options.log;
  }

  /** Reconciles from now on every RECONCILE_PERIOD_MS, until closed. */
  start(clock: Clock): void {
    const reconcile = () => {
      if (this.#reconciling) return;
      this.reconcile().catch((cause: Error) => this.#log.error('reconcile-failed', { cause: cause.message }));
    };
    reconcile();
    this.#endPeriod = clock.every(RECONCILE_PERIOD_MS, reconcile);
  }

  /** Looks at one recording again. */
  refresh(recordingId: string): Promise<void> {
    return this.#enqueue(async () => {
      const known = (await this.#catalog.get(recordingId))?.manifestVersion;
      await this.#index(recordingId, known);
    });
  }

  /** Looks at every recording: new and changed ones are indexed, absent ones removed. */
  reconcile(): Promise<void> {
    this.#reconciling = true;
    // Mostly only what changed since the last time is compared; all is, now and then, in case something went amiss.
    const all = this.#reconciles % RECONCILES_PER_WHOLE === 0;
    this.#reconciles += 1;
    return this.#enqueue(async () => {
      const { present, removed } = await this.#store.scan(all ? 'all' : 'changes');
      const gone = new Set(removed);
      if (all) {
        const known = await this.#catalog.versions();
        for (const [recordingId, version] of present) {
          if (known.get(recordingId) !== version) await this.#index(recordingId, known.get(recordingId));
          known.delete(recordingId);
        }
        for (const recordingId of known.keys()) gone.add(recordingId);
      } else {
        for (const [recordingId] of present) {
          await this.#index(recordingId, (await this.#catalog.get(recordingId))?.manifestVersion);
        }
      }
      for (const recordingId of gone) await this.#index(recordingId, 'gone');
    })
      .catch((cause) => {
        // What this one did not come to is told as changed no more: the next one looks at all.
        this.#reconciles = 0;
        throw cause;
      })
      .finally(() => {
        this.#reconciling = false;
      });
  }

  /** Resolves when nothing is at work any more. */
  async close(): Promise<void> {
    this.#endPeriod();
    await this.#inTurn(() => undefined);
  }

  #enqueue(task: () => Promise<void>): Promise<void> {
    const done = this.#inTurn(task);
    done.catch((cause: Error) => this.#log.error('index-failed', { cause: cause.message }));
    return done;
  }

  async #index(recordingId: string, known: string | undefined): Promise<void> {
    const version = await this.#store.manifestVersion(recordingId);
    if (version === undefined) {
      if (known !== undefined) await this.#catalog.remove(recordingId);
      return;
    }
    if (version === known) return;
    try {
      const stored = await this.#store.readManifest(recordingId);
      if (!stored) return;
      const { manifest } = stored;
      const chat = manifest.chat.map(({ text }) => text);
      const unfinished = manifest.files.some(({ sha256 }) => sha256 === undefined);
      const entry = { summary: summarize(manifest), manifestVersion: stored.version };
      // A long one takes a while: deleted meanwhile, it is not to be found again.
      if ((await this.#store.manifestVersion(recordingId)) === undefined) return;
      await this.#catalog.put(entry, { chat, unfinished });
    } catch (cause) {
      // That tells nothing of the manifest.
      if (cause instanceof Fault && cause.code.startsWith('store-')) throw cause;
      const problem = (cause as Error).message;
      this.#log.warn('manifest-broken', { recordingId, cause: problem });
      await this.#catalog.put({ summary: summarizeBroken(recordingId, problem), manifestVersion: version });
    }
  }
}
