import type { ManifestFile } from '#protocol/manifest.ts';
import { type IngestCounters, NO_COUNTS, sumOfCounts } from '../person/stage-counts.ts';
import { thinnedFiles } from './thinned-files.ts';

/** Of those who have left: what is to be told of them is all that is kept, since a long meeting has many. */
export class PastPeople {
  #files: ManifestFile[] = [];
  #writtenBytes = 0;
  /** Their ports may be somebody else's by now. */
  #counters: IngestCounters = {
    malformed: 0,
    unannounced: 0,
    strangers: 0,
    leftOut: 0,
    port: undefined,
    stages: NO_COUNTS,
  };

  get files(): readonly ManifestFile[] {
    return this.#files;
  }

  /** All that was written of them, whatever became of it. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  get counters(): IngestCounters {
    return this.#counters;
  }

  add(files: readonly ManifestFile[], counters: IngestCounters, writtenBytes: number): void {
    this.#writtenBytes += writtenBytes;
    this.#files = thinnedFiles([...this.#files, ...files]);
    const sum = this.#counters;
    this.#counters = {
      malformed: sum.malformed + counters.malformed,
      unannounced: sum.unannounced + counters.unannounced,
      strangers: sum.strangers + counters.strangers,
      leftOut: sum.leftOut + counters.leftOut,
      port: undefined,
      stages: sumOfCounts([sum.stages, counters.stages]),
    };
  }

  /** Of the others nothing is told any more. */
  keepFiles(isKept: (file: ManifestFile) => boolean): void {
    this.#files = this.#files.filter(isKept);
  }
}
