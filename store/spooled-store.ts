import type { Manifest } from '#protocol/manifest.ts';
import { inTurn } from '#service/in-turn.ts';
import type { FileFacts } from './file-facts.ts';
import type { FileSource } from './file-source.ts';
import type { MadeFolder } from './layout.ts';
import type { StoredManifest } from './manifest-file.ts';
import type { LocalFiles, Scan, ScanExtent, Store, StoredFile } from './store.ts';

/** What has moved, and so is at its place, or why it stays in the spool for now. */
export type Settled = 'moved' | 'in-use' | 'changed';

/**
 * Recordings that are made in one store, the spool, and lie in another one once they have moved. Each is where its manifest is, in
 * the spool where both have one; what is erased is erased from both.
 */
export class SpooledStore implements Store {
  readonly #spool: Store;
  readonly #place: Store;
  /** In the spool as of the last scan. */
  readonly #spooled = new Set<string>();
  /** How much is being made of a recording in the spool, or reads its files by their paths. */
  readonly #uses = new Map<string, Set<unknown>>();
  /** What is written, and what leaves the spool, one after the other. */
  readonly #inTurn = inTurn();
  readonly #copies = new Map<string, { controller: AbortController; over: Promise<void> }>();

  constructor(options: { spool: Store; place: Store }) {
    this.#spool = options.spool;
    this.#place = options.place;
  }

  /** Recordings in the spool, as of the last scan. */
  get spooled(): readonly string[] {
    return [...this.#spooled];
  }

  /** The place first: where it does not answer, nothing that the spool tells is lost. */
  async scan(extent: ScanExtent): Promise<Scan> {
    const there = await this.#place.scan(extent);
    const here = await this.#spool.scan(extent);
    if (extent === 'all') this.#spooled.clear();
    for (const [recordingId] of here.present) this.#spooled.add(recordingId);
    for (const recordingId of here.removed) this.#spooled.delete(recordingId);
    const present = new Map([...there.present, ...here.present]);
    const removed: string[] = [];
    for (const recordingId of new Set([...there.removed, ...here.removed])) {
      if ((await this.manifestVersion(recordingId)) === undefined) removed.push(recordingId);
    }
    return { present: [...present].sort(([one], [other]) => (one < other ? -1 : 1)), removed };
  }

  async manifestVersion(recordingId: string): Promise<string | undefined> {
    return (await this.manifestFacts(recordingId))?.version;
  }

  async manifestFacts(recordingId: string): Promise<FileFacts | undefined> {
    return (await this.#spool.manifestFacts(recordingId)) ?? this.#place.manifestFacts(recordingId);
  }

  async readManifest(recordingId: string): Promise<StoredManifest | undefined> {
    return (await this.#spool.readManifest(recordingId)) ?? this.#place.readManifest(recordingId);
  }

  async stat(recordingId: string, name: string): Promise<FileFacts | undefined> {
    return (await this.#homeOf(recordingId)).stat(recordingId, name);
  }

  async open(recordingId: string, name: string): Promise<StoredFile | undefined> {
    // It may move between the two questions.
    return (
      (await this.#spool.open(recordingId, name)) ?? (await this.#homeOf(recordingId)).open(recordingId, name)
    );
  }

  isOwned(recordingId: string): Promise<boolean> {
    return this.#spool.isOwned(recordingId);
  }

  async sourceOf(recordingId: string, name: string): Promise<FileSource> {
    return (await this.#homeOf(recordingId)).sourceOf(recordingId, name);
  }

  async localFiles(recordingId: string, names: readonly string[], signal: AbortSignal): Promise<LocalFiles> {
    const use = {};
    await this.#begin(recordingId, use);
    try {
      const local = await (await this.#homeOf(recordingId)).localFiles(recordingId, names, signal);
      return { ...local, release: () => local.release().finally(() => this.#end(recordingId, use)) };
    } catch (cause) {
      this.#end(recordingId, use);
      throw cause;
    }
  }

  putFile(recordingId: string, name: string, bytes: number, content: AsyncIterable<Buffer>): Promise<void> {
    return this.#place.putFile(recordingId, name, bytes, content);
  }

  putManifest(recordingId: string, manifest: Manifest): Promise<void> {
    return this.#place.putManifest(recordingId, manifest);
  }

  writeManifest(recordingId: string, manifest: Manifest): Promise<void> {
    return this.#change(recordingId, async () =>
      (await this.#homeOf(recordingId)).writeManifest(recordingId, manifest),
    );
  }

  async openMade(recordingId: string, folder: MadeFolder, name: string): Promise<StoredFile | undefined> {
    return (await this.#homeOf(recordingId)).openMade(recordingId, folder, name);
  }

  async openScratch(recordingId: string, folder: MadeFolder, name: string): Promise<string> {
    await this.#begin(recordingId, `${folder}/${name}`);
    return (await this.#homeOf(recordingId)).openScratch(recordingId, folder, name);
  }

  async putMade(recordingId: string, folder: MadeFolder, name: string, path: string): Promise<number> {
    return (await this.#homeOf(recordingId)).putMade(recordingId, folder, name, path);
  }

  async clearScratch(recordingId: string, folder: MadeFolder, name: string): Promise<void> {
    for (const store of this.#both) await store.clearScratch(recordingId, folder, name);
    this.#end(recordingId, `${folder}/${name}`);
  }

  async listMade(recordingId: string): Promise<[MadeFolder, string][]> {
    return (await this.#homeOf(recordingId)).listMade(recordingId);
  }

  removeFile(recordingId: string, name: string): Promise<number> {
    return this.#fromBoth(recordingId, (store) => store.removeFile(recordingId, name));
  }

  removeMade(recordingId: string, folder: MadeFolder, name: string): Promise<number> {
    return this.#fromBoth(recordingId, (store) => store.removeMade(recordingId, folder, name));
  }

  remove(recordingId: string): Promise<number> {
    return this.#fromBoth(recordingId, (store) => store.remove(recordingId));
  }

  async sweep(): Promise<void> {
    for (const store of this.#both) await store.sweep();
  }

  async close(): Promise<void> {
    for (const store of this.#both) await store.close();
  }

  /**
   * Has a recording copied from the spool to its place, and takes it out of the spool, unless it is in use there or another by then.
   * Whoever erases or changes something of it ends the copy first: nothing comes to its place afterwards.
   * @param options.copy answers with the version of the manifest that was copied
   * @param options.isInUse besides what the store knows itself
   * @throws what `copy` does, also when it was ended
   */
  async move(
    recordingId: string,
    { copy, isInUse }: { copy: (signal: AbortSignal) => Promise<string>; isInUse: () => boolean },
  ): Promise<Settled> {
    const controller = new AbortController();
    const over = Promise.withResolvers<void>();
    this.#copies.set(recordingId, { controller, over: over.promise });
    try {
      const version = await copy(controller.signal);
      return await this.#inTurn(() => (isInUse() ? 'in-use' : this.#settle(recordingId, version)));
    } finally {
      this.#copies.delete(recordingId);
      over.resolve();
    }
  }

  async #settle(recordingId: string, version: string): Promise<Settled> {
    if (this.#uses.has(recordingId)) return 'in-use';
    if ((await this.#spool.manifestVersion(recordingId)) !== version) return 'changed';
    await this.#spool.remove(recordingId);
    this.#spooled.delete(recordingId);
    return 'moved';
  }

  get #both(): Store[] {
    return [this.#spool, this.#place];
  }

  async #homeOf(recordingId: string): Promise<Store> {
    return (await this.#spool.manifestFacts(recordingId)) ? this.#spool : this.#place;
  }

  /** @returns the bytes of the one that readers saw: the other's were a copy on its way */
  #fromBoth(recordingId: string, remove: (store: Store) => Promise<number>): Promise<number> {
    return this.#change(recordingId, async () => {
      const here = await remove(this.#spool);
      const there = await remove(this.#place);
      return here || there;
    });
  }

  async #change<T>(recordingId: string, change: () => Promise<T>): Promise<T> {
    const copy = this.#copies.get(recordingId);
    copy?.controller.abort(new Error('It was changed meanwhile.'));
    await copy?.over;
    return this.#inTurn(change);
  }

  #begin(recordingId: string, use: unknown): Promise<void> {
    return this.#inTurn(() => {
      this.#uses.set(recordingId, (this.#uses.get(recordingId) ?? new Set()).add(use));
    });
  }

  #end(recordingId: string, use: unknown): void {
    const uses = this.#uses.get(recordingId);
    uses?.delete(use);
    if (uses?.size === 0) this.#uses.delete(recordingId);
  }
}
