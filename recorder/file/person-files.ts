import type { ManifestFile } from '#protocol/manifest.ts';
import type { FileSource } from '#protocol/people.ts';
import { FileLine, type OpenFile } from './file-line.ts';
import type { RecordedFile } from './recorded-file.ts';

/** The files of one person: those being written, one of their camera and one of their screen, and those that ended. */
export class PersonFiles {
  readonly #open: OpenFile;
  readonly #lines = new Map<FileSource, FileLine>();
  readonly #ended: RecordedFile[] = [];
  /** Of files in which nothing whole came to be: they are listed nowhere. */
  #unlistedBytes = 0;

  constructor(open: OpenFile) {
    this.#open = open;
  }

  /** Those being written, and those that have failed and have no successor yet. */
  get present(): RecordedFile[] {
    const present: RecordedFile[] = [];
    for (const { file } of this.#lines.values()) if (file) present.push(file);
    return present;
  }

  get all(): RecordedFile[] {
    return [...this.#ended, ...this.present];
  }

  /** Of all of them, whatever became of it. */
  get writtenBytes(): number {
    return this.all.reduce((sum, file) => sum + file.writtenBytes, this.#unlistedBytes);
  }

  of(source: FileSource): RecordedFile | undefined {
    return this.#lines.get(source)?.file;
  }

  /** Where the media of this source go: there is a file for them. @throws Fault `recording-full` */
  begin(source: FileSource, nowMs: number): FileLine {
    const line = this.#lines.get(source) ?? new FileLine(source, this.#open, nowMs);
    this.#lines.set(source, line);
    line.begin();
    return line;
  }

  /** The file of this source is complete, or about to be. */
  retire(source: FileSource): void {
    const file = this.#lines.get(source)?.retire();
    if (file) this.#ended.push(file);
  }

  /** Begins another file where one has failed and it is time. Answers where. */
  beginAnew(nowMs: number): FileLine[] {
    const begun: FileLine[] = [];
    for (const line of this.#lines.values()) {
      const failed = line.beginAnew(nowMs);
      if (!failed) continue;
      if (failed.name !== undefined || failed.isBeingCreated) this.#ended.push(failed);
      else this.#unlistedBytes += failed.writtenBytes;
      begun.push(line);
    }
    return begun;
  }

  /** What was captured from then on is not written. @param untilMs on the SFU's clock */
  endAt(untilMs: number): void {
    for (const line of this.#lines.values()) line.untilMs = untilMs;
  }

  /** As the manifest lists them. */
  describe(
    atMs: number,
    startedAtMs: number,
    syncOf: (source: FileSource) => ManifestFile['sync'],
  ): ManifestFile[] {
    return this.all.flatMap((file) => file.describe(atMs, startedAtMs, () => syncOf(file.source)) ?? []);
  }

  /** Completes all of them; those that ended before may still be made whole. @param pictures as RecordedFile.finish */
  async finish(atMs: number, pictures: Promise<unknown>): Promise<void> {
    await Promise.all(this.all.map((file) => file.finish(atMs, pictures)));
  }

  /** Lets go of them as they are. @throws the first error of the file system, once all are let go of */
  async abandon(): Promise<void> {
    const letGo = await Promise.allSettled(this.present.map((file) => file.abandon()));
    for (const one of letGo) if (one.status === 'rejected') throw one.reason;
  }
}
