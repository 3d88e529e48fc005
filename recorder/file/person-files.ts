import { Fault } from '#protocol/errors.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import type { FileSource } from '#protocol/people.ts';
import type { OpusItem } from '../depacketize/opus.ts';
import { NextFile } from './next-file.ts';
import type { RecordedFile } from './recorded-file.ts';
import { SoundAllowance } from './sound-allowance.ts';
import { WriteAllowance } from './write-allowance.ts';

type OpenFile = (source: FileSource, allowance: WriteAllowance) => RecordedFile;

/** What goes on from one file of a source to its next. */
interface Line {
  file: RecordedFile | undefined;
  readonly next: NextFile;
  readonly allowance: WriteAllowance;
  readonly sound: SoundAllowance;
}

/** The files of one person: those being written, one of their camera and one of their screen, and those that ended. */
export class PersonFiles {
  readonly #open: OpenFile;
  readonly #lines = new Map<FileSource, Line>();
  readonly #ended: RecordedFile[] = [];
  /** Of files in which nothing whole came to be: they are listed nowhere. */
  #unlistedBytes = 0;

  constructor(open: OpenFile) {
    this.#open = open;
  }

  /** Those being written, and those that have failed and have no successor yet. */
  get present(): RecordedFile[] {
    return [...this.#lines.values()].flatMap(({ file }) => file ?? []);
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

  /** Sound for the file that there is of this source, as much as may be. @param captureMs as Take.pushAudio */
  pushAudio(source: FileSource, item: OpusItem, captureMs: number): void {
    const line = this.#lines.get(source);
    const file = line?.file;
    file?.guard(() => {
      if (line?.sound.take(item)) file.take.pushAudio(item, captureMs);
      else file.leaveOutSound();
    });
  }

  /** The file of this source, a new one where there is none. */
  begin(source: FileSource, nowMs: number): RecordedFile {
    const line = this.#lines.get(source) ?? {
      ...{ file: undefined, next: new NextFile(nowMs) },
      ...{ allowance: new WriteAllowance(), sound: new SoundAllowance() },
    };
    this.#lines.set(source, line);
    line.file ??= this.#open(source, line.allowance);
    return line.file;
  }

  /** The file of this source is complete, or about to be. */
  retire(source: FileSource): void {
    const line = this.#lines.get(source);
    if (!line?.file) return;
    this.#ended.push(line.file);
    line.file = undefined;
  }

  /** Begins another file where one has failed and it is time: the disk may take more by now. Answers the sources. */
  beginAnew(nowMs: number): FileSource[] {
    return [...this.#lines].flatMap(([source, line]) => {
      const failure = line.file?.failure;
      if (!line.file || !failure || !line.next.isDue(failure, nowMs)) return [];
      line.next.begun(failure, nowMs);
      const successor = this.#openNext(source, line.allowance);
      if (!successor) return [];
      if (line.file.name !== undefined || line.file.isBeingCreated) this.#ended.push(line.file);
      else this.#unlistedBytes += line.file.writtenBytes;
      line.file = successor;
      return [source];
    });
  }

  /** Undefined when the recording takes no further file. */
  #openNext(source: FileSource, allowance: WriteAllowance): RecordedFile | undefined {
    try {
      return this.#open(source, allowance);
    } catch (cause) {
      if (cause instanceof Fault && cause.code === 'recording-full') return undefined;
      throw cause;
    }
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
