import { connectionOf } from '#protocol/identifiers.ts';
import type { Manifest, ManifestFile } from '#protocol/manifest.ts';
import type { Recordings } from '../storage/recordings.ts';
import { repairedFiles } from '../storage/repair-recording.ts';
import { inWallTime } from '../storage/wall-time.ts';
import { FileLimits } from './file-limits.ts';

/** What lies in a recording's folder: the files of before we took it up, of whom there are any, and who wants theirs erased. */
export class SessionFiles {
  readonly #recordings: Recordings;
  readonly #manifest: Manifest;
  readonly #limits: FileLimits;
  #before: readonly ManifestFile[];
  /** Of whom there may be files on disk: of nobody else there is anything to erase. */
  readonly #owners: Set<string>;
  /** Whose files were erased: a repair that was under way does not bring them back. */
  readonly #erased = new Set<string>();

  /** @param manifest as it was found, in the SFU's time @param onFull told once of each person of whom no further file is begun */
  constructor(recordings: Recordings, manifest: Manifest, onFull: (words: string) => void) {
    this.#recordings = recordings;
    this.#manifest = manifest;
    this.#limits = new FileLimits(manifest.files, onFull);
    this.#before = manifest.files;
    this.#owners = new Set(manifest.files.map(({ connectionId }) => connectionId));
  }

  /** Those that were there when we took it up; as far as a crash cut them off, once they are repaired. */
  get before(): readonly ManifestFile[] {
    return this.#before;
  }

  /** A file of this person begins. @throws Fault `recording-full` */
  begin(connectionId: string, personName: string): void {
    this.#limits.begin(connectionId, personName);
    this.#owners.add(connectionId);
  }

  /** Repairs what a crash left. Answers what is wrong with it. @throws the error of the file system */
  async repair(leftovers: readonly string[]): Promise<Manifest['problems']> {
    for (const name of leftovers) this.#owners.add(connectionOf(name) ?? '');
    const folder = this.#recordings.folder(this.#manifest.recordingId);
    // As their names are.
    const { files, problems } = await repairedFiles(folder, inWallTime(this.#manifest), leftovers);
    this.#before = files.filter(({ connectionId }) => !this.#erased.has(connectionId));
    return problems;
  }

  /** Deletes all files of these people. Answers of whom there were any. @throws the error of the file system */
  async erase(connectionIds: readonly string[]): Promise<ReadonlySet<string>> {
    const due = new Set(connectionIds.filter((id) => this.#owners.has(id)));
    for (const id of connectionIds) this.#erased.add(id);
    if (due.size === 0) return due;
    for (const id of due) this.#owners.delete(id);
    try {
      await this.#recordings.eraseFiles(this.#manifest.recordingId, due);
    } catch (cause) {
      for (const id of due) this.#owners.add(id);
      throw cause;
    }
    return due;
  }

  /** Of the others nothing is told any more. */
  keep(isKept: (file: ManifestFile) => boolean): void {
    this.#before = this.#before.filter(isKept);
  }
}
