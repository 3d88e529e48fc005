import type { z } from 'zod';
import { Fault } from '#protocol/errors.ts';
import type { deletionResultSchema } from '#protocol/http/recordings.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import type { Store } from '#store/store.ts';
import type { Audit } from '../audit/audit.ts';
import type { Deed } from '../audit/deed.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Manifests } from '../catalog/manifests.ts';
import type { Database } from '../database/database.ts';
import type { Exports } from '../exports/exports.ts';
import type { Shares } from '../shares/shares.ts';
import type { OpenStreams } from '../streams/open-streams.ts';
import type { Thumbnails } from '../thumbnails/thumbnails.ts';
import type { ManifestEditor } from './manifest-editor.ts';
import type { Pins } from './pins.ts';

export type DeletionResult = z.infer<typeof deletionResultSchema>;
/** Who deletes, for the audit log. */
export type Deleter = Pick<Deed, 'actor' | 'address'>;

interface Parts {
  store: Store;
  catalog: Catalog;
  exports: Exports;
  shares: Shares;
  pins: Pins;
  audit: Audit;
  editor: ManifestEditor;
  streams: OpenStreams;
  thumbnails: Thumbnails;
  manifests: Manifests;
  database: Database;
  clock: Clock;
  log: Log;
}

/** Deletes completely: what was recorded, what was made from it, and every way to it. */
export class Deletion {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A whole recording. @throws Fault `recording-not-found`, `recording-live` */
  async recording(recordingId: string, deleter: Deleter): Promise<DeletionResult> {
    const { audit, catalog, exports, pins, shares, store, streams, thumbnails } = this.#parts;
    const entry = await catalog.get(recordingId);
    if (!entry) throw new Fault('recording-not-found');
    if (entry.summary.state === 'recording' || (await store.isOwned(recordingId))) {
      throw new Fault('recording-live');
    }
    // Until nothing is there any more, nothing new is begun of it, nor what was let in before.
    const open = streams.shut([`recording:${recordingId}`]);
    let bytes = 0;
    try {
      // The ways to it go first: whatever happens in between, nobody is led to half a recording.
      await exports.removeAllOf(recordingId);
      await shares.removeAllOf(recordingId);
      await thumbnails.stop(recordingId);
      bytes = await store.remove(recordingId);
      await catalog.remove(recordingId);
      await pins.remove(recordingId);
    } finally {
      this.#parts.manifests.forget(recordingId);
      await this.#scrub();
      open();
    }
    const { files, meetingName, people } = entry.summary;
    const detail = `${meetingName} (${people.join(', ')}), ${files} files, ${bytes} bytes`;
    await audit.record({ ...deleter, action: 'recording-deleted', recordingId, detail });
    return { files, bytes };
  }

  /**
   * One person's files, what was made with them, and their chat. The consent ledger tells that it was erased.
   * @throws Fault `recording-not-found`, `recording-live`, `file-not-found` when nothing of this person is recorded
   */
  async person(recordingId: string, connectionId: string, deleter: Deleter): Promise<DeletionResult> {
    const { audit, clock, editor, store, streams } = this.#parts;
    const result = { files: 0, bytes: 0 };
    let name = '';
    let open = () => {};
    try {
      await editor.edit(recordingId, async (manifest) => {
        const files = manifest.files.filter((file) => file.connectionId === connectionId);
        if (files.length === 0) throw new Fault('file-not-found', 'Nothing of this person is recorded here.');
        name = files[0]?.personName ?? '';
        const names = files.map((file) => file.name);
        // Until the manifest no longer tells of them, nothing new is begun of these files, nor what was let in before.
        open = streams.shut(names.map((file) => `file:${recordingId}/${file}` as const));
        result.bytes += await this.#removeMadeFrom(recordingId, names);
        // Files before the manifest: when this is cut short, asking again completes it.
        for (const file of names) {
          result.bytes += await store.removeFile(recordingId, file);
          result.files += 1;
        }
        return withoutPerson(manifest, connectionId, name, Math.floor(clock.wallMs()));
      });
    } finally {
      this.#parts.manifests.forget(recordingId);
      await this.#scrub();
      open();
    }
    const detail = `${name} (${connectionId}), ${result.files} files, ${result.bytes} bytes`;
    await audit.record({ ...deleter, action: 'person-deleted', recordingId, detail });
    return result;
  }

  async #scrub(): Promise<void> {
    const { database, log } = this.#parts;
    try {
      await database.scrub();
    } catch (cause) {
      log.warn('erasure-postponed', { cause: (cause as Error).message });
    }
  }

  /** What these files are in, and the links to them. */
  async #removeMadeFrom(recordingId: string, files: readonly string[]): Promise<number> {
    const { exports, shares, streams, thumbnails } = this.#parts;
    const { bytes, exportIds } = await exports.removeMadeFrom(recordingId, files);
    for (const exportId of exportIds) streams.end(`export:${exportId}`);
    for (const file of files) await shares.removeOfFile(recordingId, file);
    await thumbnails.stop(recordingId, files);
    return bytes;
  }
}

function withoutPerson(manifest: Manifest, connectionId: string, name: string, atMs: number): Manifest {
  return {
    ...manifest,
    files: manifest.files.filter((file) => file.connectionId !== connectionId),
    chat: manifest.chat.filter((message) => message.connectionId !== connectionId),
    consent: [...manifest.consent, { atMs, connectionId, name, consent: 'withdrawn', erase: true }],
  };
}
