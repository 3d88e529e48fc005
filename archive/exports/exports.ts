import { Fault } from '#protocol/errors.ts';
import { type ExportJob, type ExportKind, exportJobSchema } from '#protocol/http/exports.ts';
import type { Log } from '#service/log.ts';
import { randomLetters } from '#service/secrets.ts';
import type { StoredFile } from '#store/store.ts';
import { ExportQueue } from './export-queue.ts';
import { clearScratch, ENDINGS, ExportRun, madeName, type RunParts } from './export-run.ts';
import type { ExportRow, ExportTable } from './export-table.ts';

/** A job during which the process died so often is not begun again by itself. */
export const MAX_BEGUN = 3;

export interface ExportParts extends RunParts {
  table: ExportTable;
  log: Log;
  atOnce: number;
}

/** The jobs that make files from recordings: a few at once, the others wait; none is lost by a restart. */
export class Exports {
  readonly #parts: ExportParts;
  readonly #running = new Map<string, { run: ExportRun; over: Promise<void> }>();
  readonly #queue: ExportQueue;
  #started = false;

  constructor(parts: ExportParts) {
    this.#parts = parts;
    this.#queue = new ExportQueue(parts.atOnce);
  }

  /** Begins with the jobs. One that was at work when the process died may be why it died: it is begun so often and not more. */
  start(): void {
    for (const row of this.#parts.table.inState('running')) {
      const isOver = row.begun >= MAX_BEGUN;
      const problem = isOver ? 'The server ended each time that this was made.' : undefined;
      this.#parts.table.put({ ...row, state: isOver ? 'failed' : 'queued', problem });
    }
    this.#started = true;
    this.#next();
  }

  /** @param name without its ending. @returns the job there is already, unless it failed. @throws Fault `exports-full` */
  create({
    asker,
    file,
    kind,
    name,
    recordingId,
  }: {
    recordingId: string;
    kind: ExportKind;
    file: string | undefined;
    name: string;
    asker: string;
  }): { job: ExportJob; created: boolean } {
    const { clock, table } = this.#parts;
    const same = table.ofRecording(recordingId).find((row) => row.kind === kind && row.file === file);
    if (same) {
      const over = same.state === 'failed' || same.state === 'cancelled';
      return { job: over ? this.retry(same.exportId) : this.#toJob(same), created: false };
    }
    this.#requireRoomInQueue(asker);
    const exportId = `x-${randomLetters(12)}`;
    table.put({
      exportId,
      recordingId,
      kind,
      file,
      downloadName: `${name}${ENDINGS[kind]}`,
      state: 'queued',
      createdAtMs: Math.floor(clock.wallMs()),
      bytes: undefined,
      problem: undefined,
      asker,
      begun: 0,
    });
    this.#next();
    return { job: this.get(exportId), created: true };
  }

  list(recordingId: string): ExportJob[] {
    return this.#parts.table.ofRecording(recordingId).map((row) => this.#toJob(row));
  }

  /** @throws Fault `export-not-found` */
  get(exportId: string): ExportJob {
    return this.#toJob(this.#row(exportId));
  }

  /** The recording that it is of; undefined when there is no such job. */
  recordingOf(exportId: string): string | undefined {
    return this.#parts.table.get(exportId)?.recordingId;
  }

  /** Jobs that wait, and jobs at work. */
  load(): { queued: number; running: number } {
    return { queued: this.#parts.table.inState('queued').length, running: this.#running.size };
  }

  /** Of all results. */
  totalBytes(): number {
    return this.#parts.table.totalBytes();
  }

  /** @throws Fault `export-not-found`, `export-not-ready` */
  async open(exportId: string): Promise<StoredFile> {
    const row = this.#row(exportId);
    if (row.state !== 'complete') throw new Fault('export-not-ready');
    const file = await this.#parts.store.openMade(row.recordingId, 'exports', madeName(row));
    if (!file) throw new Fault('file-not-found');
    return file;
  }

  /** Queues a job that failed or was cancelled once more; others go on as they are. @throws Fault `exports-full` */
  retry(exportId: string): ExportJob {
    const row = this.#row(exportId);
    if (row.state === 'failed' || row.state === 'cancelled') {
      this.#requireRoomInQueue(row.asker);
      this.#parts.table.put({ ...row, state: 'queued', problem: undefined, begun: 0 });
      this.#next();
    }
    return this.get(exportId);
  }

  /** Ends a job that waits or is at work; one that is over goes away, with its result. */
  async cancelOrRemove(exportId: string): Promise<ExportJob> {
    const row = this.#row(exportId);
    if (row.state === 'queued' || row.state === 'running') {
      this.#parts.table.put({ ...row, state: 'cancelled' });
      await this.#stop(exportId, 'cancelled');
      await clearScratch(this.#parts.store, row);
      return this.get(exportId);
    }
    const job = this.#toJob(row);
    await this.#remove(row);
    return job;
  }

  /** @returns the bytes of their results */
  removeAllOf(recordingId: string): Promise<number> {
    return this.#removeEach(this.#parts.table.ofRecording(recordingId));
  }

  /** Everything that one of these files is in. @returns the bytes of their results */
  removeMadeFrom(recordingId: string, files: readonly string[]): Promise<number> {
    const rows = this.#parts.table.ofRecording(recordingId);
    return this.#removeEach(rows.filter(({ file }) => file === undefined || files.includes(file)));
  }

  /** Ends what is at work; it begins again at the next start, and had no part in that it ended. */
  async close(): Promise<void> {
    this.#started = false;
    const rows = this.#rowsAtWork();
    await Promise.all(rows.map(({ exportId }) => this.#stop(exportId, 'closing')));
    for (const { exportId } of rows) {
      const row = this.#parts.table.get(exportId);
      if (row?.state === 'running') this.#parts.table.put({ ...row, state: 'queued', begun: 0 });
    }
  }

  #row(exportId: string): ExportRow {
    const row = this.#parts.table.get(exportId);
    if (!row) throw new Fault('export-not-found');
    return row;
  }

  #requireRoomInQueue(asker: string): void {
    this.#queue.requireRoom(this.#parts.table.inState('queued'), asker);
  }

  #next(): void {
    if (!this.#started) return;
    const running = this.#rowsAtWork();
    const next = this.#queue.next(this.#parts.table.inState('queued'), running);
    if (!next) return;
    this.#begin({ ...next, state: 'running', begun: next.begun + 1 });
    this.#next();
  }

  #begin(row: ExportRow): void {
    this.#parts.table.put(row);
    const run = new ExportRun(row, this.#parts);
    const over = this.#carryOut(run).finally(() => {
      this.#running.delete(row.exportId);
      this.#next();
    });
    this.#running.set(row.exportId, { run, over });
  }

  async #carryOut(run: ExportRun): Promise<void> {
    const { log, store, table } = this.#parts;
    const { row } = run;
    try {
      const bytes = await run.make(this.#toJob(row));
      table.put({ ...row, state: 'complete', bytes, problem: undefined });
    } catch (cause) {
      // Whoever stopped it also said what becomes of it.
      if (run.isStopped) return;
      const problem = cause instanceof Fault ? cause.message : new Fault('export-failed').message;
      log.error('export-failed', { exportId: row.exportId, cause: (cause as Error).message });
      table.put({ ...row, state: 'failed', problem });
      await clearScratch(store, row);
      // It has the names of the meeting and of a person, and goes with the recording.
      if ((await store.manifestVersion(row.recordingId)) === undefined) table.remove(row.exportId);
    }
  }

  #rowsAtWork(): ExportRow[] {
    return [...this.#running.values()].map(({ run }) => run.row);
  }

  async #stop(exportId: string, reason: string): Promise<void> {
    const running = this.#running.get(exportId);
    running?.run.stop(reason);
    await running?.over;
  }

  async #removeEach(rows: readonly ExportRow[]): Promise<number> {
    let bytes = 0;
    for (const row of rows) bytes += await this.#remove(row);
    return bytes;
  }

  async #remove(row: ExportRow): Promise<number> {
    this.#parts.table.remove(row.exportId);
    await this.#stop(row.exportId, 'removed');
    // It may have been completed in the meantime.
    this.#parts.table.remove(row.exportId);
    await clearScratch(this.#parts.store, row);
    return this.#parts.store.removeMade(row.recordingId, 'exports', madeName(row));
  }

  #toJob(row: ExportRow): ExportJob {
    const progress = this.#running.get(row.exportId)?.run.progress;
    const done = row.state === 'complete' ? 1 : Math.min(0.999, progress?.done ?? 0);
    return exportJobSchema.parse({
      ...row,
      percent: Math.round(done * 1000) / 10,
      speed: progress?.speed,
      leftMs: progress?.leftMs,
    });
  }
}
