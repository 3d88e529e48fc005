import { Fault } from '#protocol/errors.ts';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Log } from '#service/log.ts';
import type { Store } from '#store/store.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { withLiveFacts, withLiveFiles } from '../catalog/live-facts.ts';
import type { Manifests } from '../catalog/manifests.ts';
import type { OpenStream } from '../streams/open-streams.ts';

/** How often a manifest may change while it is being read. */
const MAX_READS = 5;

/** Recordings as they are now, for whoever asks. */
export class RecordingReader {
  readonly #catalog: Catalog;
  readonly #manifests: Manifests;
  readonly #store: Store;
  readonly #log: Log;

  constructor(options: { catalog: Catalog; manifests: Manifests; store: Store; log: Log }) {
    this.#catalog = options.catalog;
    this.#manifests = options.manifests;
    this.#store = options.store;
    this.#log = options.log;
  }

  /** The meeting that a recording is of; undefined when there is no such recording. */
  async meetingOf(recordingId: string): Promise<string | undefined> {
    return (await this.#catalog.get(recordingId))?.summary.meetingId;
  }

  /** What the list tells, with what its files hold now. A broken manifest of one must not hide the list of all. */
  async live(summary: RecordingSummary): Promise<RecordingSummary> {
    try {
      return await withLiveFacts(summary, this.#store, this.#manifests);
    } catch (cause) {
      const { recordingId } = summary;
      this.#log.warn('live-facts-failed', { recordingId, cause: (cause as Error).message });
      return summary;
    }
  }

  /** The manifest, with what its files hold now. @throws Fault `recording-not-found`, `manifest-broken` */
  async manifest(recordingId: string): Promise<Manifest> {
    const read = await this.#manifests.read(recordingId);
    if (!read) throw new Fault('recording-not-found');
    return withLiveFiles(read.manifest, this.#store);
  }

  /** The same of a recording that is no longer being made. @throws Fault `recording-live` too */
  async closed(recordingId: string): Promise<Manifest> {
    const manifest = await this.manifest(recordingId);
    if (manifest.state === 'recording') throw new Fault('recording-live');
    return manifest;
  }

  /**
   * The same, with the answer hanging on every file in it, or on the one that it is about: when somebody is erased while it
   * is being read, it is read again, and after that the answer ends.
   */
  async holdClosed(stream: OpenStream, recordingId: string, file?: string): Promise<Manifest> {
    stream.hangOn(`recording:${recordingId}`);
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      const version = await this.#store.manifestVersion(recordingId);
      const manifest = await this.closed(recordingId);
      const names = file === undefined ? manifest.files.map(({ name }) => name) : [file];
      for (const name of names) stream.hangOn(`file:${recordingId}/${name}`);
      if ((await this.#store.manifestVersion(recordingId)) === version) return manifest;
    }
    throw new Fault('rate-limited');
  }
}

/** For whom work is done: a meeting's hosts are one, however many addresses and recordings they have. */
export function askerOf({ actor }: { actor: string }, manifest: Manifest): string {
  return actor === 'host' ? `host of ${manifest.meeting.id}` : actor;
}
