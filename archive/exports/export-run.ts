import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { ExportJob, ExportKind } from '#protocol/http/exports.ts';
import type { Clock } from '#service/clock.ts';
import type { EXPORT_ENDINGS } from '#store/layout.ts';
import type { Store } from '#store/store.ts';
import type { ExportRow } from './export-table.ts';
import type { Maker, Progress } from './maker.ts';

export const ENDINGS: Record<ExportKind, (typeof EXPORT_ENDINGS)[number]> = {
  mp4: '.mp4',
  'mp4-aac': '.mp4',
  'group-mp4': '.mp4',
  audio: '.m4a',
  'audio-aac': '.m4a',
  'flv-aac': '.flv',
};

/** The name of what it makes, in the recording's folder of exports. */
export const madeName = ({ exportId, kind }: ExportRow) => `${exportId}${ENDINGS[kind]}`;

export interface RunParts {
  store: Store;
  maker: Maker;
  clock: Clock;
  /** Bytes that may still be filled. */
  room: () => Promise<number>;
  /** Bytes that a job will fill at most, its intermediate files included. */
  needs: (row: ExportRow) => Promise<number>;
}

/** One job at work, and how far it is. */
export class ExportRun {
  readonly row: ExportRow;
  readonly #parts: RunParts;
  readonly #controller = new AbortController();
  #progress: Progress = { done: 0 };
  /** The first report and when it came: what a restart found finished says nothing about the pace. */
  #first: { done: number; atMs: number } | undefined;

  constructor(row: ExportRow, parts: RunParts) {
    this.row = row;
    this.#parts = parts;
  }

  get isStopped(): boolean {
    return this.#controller.signal.aborted;
  }

  stop(reason: string): void {
    this.#controller.abort(new Error(reason));
  }

  get progress(): Progress & { leftMs: number | undefined } {
    return { ...this.#progress, leftMs: this.#leftMs() };
  }

  /** @returns the bytes of the file that it has made. @throws Fault, or the reason why it was stopped */
  async make(job: ExportJob): Promise<number> {
    const { clock, maker, needs, room, store } = this.#parts;
    const { signal } = this.#controller;
    const { recordingId } = this.row;
    if ((await needs(this.row)) > (await room())) {
      throw new Fault('disk-full', 'The disk has too little room for this. Free some space and try again.');
    }
    const scratch = await store.openScratch(recordingId, 'exports', madeName(this.row));
    const target = join(scratch, `result${ENDINGS[this.row.kind]}`);
    const report = (progress: Progress) => {
      this.#progress = progress;
      this.#first ??= { done: progress.done, atMs: clock.nowMs() };
    };
    const { folder, release } = await store.localFiles(recordingId, await this.#sources(), signal);
    try {
      signal.throwIfAborted();
      await maker({ job, folder, scratch, target, report, signal });
    } finally {
      await release();
    }
    await this.#requireSource();
    signal.throwIfAborted();
    const bytes = await store.putMade(recordingId, 'exports', madeName(this.row), target);
    await clearScratch(store, this.row);
    return bytes;
  }

  /** The files that it is made from. */
  async #sources(): Promise<string[]> {
    const { file, recordingId } = this.row;
    if (file !== undefined) return [file];
    const stored = await this.#parts.store.readManifest(recordingId);
    return stored?.manifest.files.map(({ name }) => name) ?? [];
  }

  /** Its recorder, or whoever owns the disk, may have removed meanwhile what it is made from. @throws Fault */
  async #requireSource(): Promise<void> {
    const { file, recordingId } = this.row;
    if (file !== undefined && !(await this.#parts.store.stat(recordingId, file))) {
      throw new Fault('file-not-found');
    }
  }

  #leftMs(): number | undefined {
    const done = Math.min(0.999, this.#progress.done);
    if (!this.#first || done - this.#first.done < 0.005) return undefined;
    const elapsedMs = this.#parts.clock.nowMs() - this.#first.atMs;
    return Math.round((elapsedMs * (1 - done)) / (done - this.#first.done));
  }
}

/** What it has made so far is not needed any more. */
export const clearScratch = (store: Store, row: ExportRow): Promise<void> =>
  store.clearScratch(row.recordingId, 'exports', madeName(row));
