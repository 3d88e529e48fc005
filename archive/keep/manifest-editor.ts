import { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import { inTurn } from '#service/in-turn.ts';
import type { Store } from '#store/store.ts';

/**
 * The archive's way of writing manifests: of closed recordings only, since a manifest has one writer, and until a recording is
 * closed that is its recorder; and one change after the other.
 */
export class ManifestEditor {
  readonly #store: Store;
  readonly #afterwards: (recordingId: string) => Promise<void>;
  readonly #inTurn = inTurn();

  /** @param options.afterwards is told of every manifest that was written */
  constructor(options: { store: Store; afterwards: (recordingId: string) => Promise<void> }) {
    this.#store = options.store;
    this.#afterwards = options.afterwards;
  }

  /**
   * Writes what `change` makes of the manifest; undefined leaves it as it is.
   * @throws Fault `recording-not-found`, `recording-live`, `manifest-broken`
   */
  edit(
    recordingId: string,
    change: (manifest: Manifest) => Manifest | undefined | Promise<Manifest | undefined>,
  ): Promise<void> {
    return this.#inTurn(async () => {
      const changed = await change(await this.#readClosed(recordingId));
      if (!changed) return;
      await this.#store.writeManifest(recordingId, changed);
      await this.#afterwards(recordingId);
    });
  }

  async #readClosed(recordingId: string): Promise<Manifest> {
    const stored = await this.#store.readManifest(recordingId);
    if (!stored) throw new Fault('recording-not-found');
    const { manifest } = stored;
    if (manifest.state === 'recording' || (await this.#store.isOwned(recordingId))) {
      throw new Fault('recording-live');
    }
    return manifest;
  }
}
