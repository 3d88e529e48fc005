import { Fault } from '#protocol/errors.ts';
import { type ExportJob, type ExportKind, exportJobSchema } from '#protocol/http/exports.ts';
import { inTurn } from '#service/in-turn.ts';
import type { Log } from '#service/log.ts';
import { randomLetters } from '#service/secrets.ts';
import type { StoredFile } from '#store/store.ts';
import type { Database } from '../database/database.ts';
import type { OpenStream } from '../streams/open-streams.ts';
import { ExportQueue } from './export-queue.ts';
import { clearScratch, ENDINGS, ExportRun, madeName, type RunParts } from './export-run.ts';
import { type ExportRow, ExportTable } from './export-table.ts';

/** A job during which the process died so often is not begun again by itself. */
export const MAX_BEGUN = 3;
/** How often it is looked for jobs, and told that those of this archive are at work. */
export const LOOK_PERIOD_MS = 10_000;
/** An archive that could not tell so for so long gives its jobs up: others may have taken them. */
const GIVEN_UP_MS = 30_000;
/** Of an archive that has not told so for longer the jobs are taken over; no two clocks are compared. */
export const TAKEN_OVER_MS = 90_000;

export interface ExportParts extends RunParts {
  database: Database;
  log: Log;
  atOnce: number;
  /** This archive, among those that share the database. */
  owner: string;
}

/** The jobs that make files from recordings: a few at once, the others wait; none is lost by a restart. */
export class Exports {
  readonly #parts: ExportParts;
  readonly #table: ExportTable;
  readonly #running = new Map<string, { run: ExportRun; over: Promise<void> }>();
  readonly #queue: ExportQueue;
  /** What others have at work: since when its beats are the same. */
  readonly #others = new Map<string, { beats: number; sinceMs: number }>();
  #toldAtMs = 0;
  /** Whoever ends a job finds it either not begun, or among those that run. */
  readonly #inTurn = inTurn();
  #endPeriod: () => void = () => {};
  #started = false;

  constructor(parts: ExportParts) {
    this.#parts = parts;
    this.#table = new ExportTable(parts.database);
    this.#queue = new ExportQueue(parts.atOnce);
  }

  /** Begins with the jobs. One that was at work when the process died may be why it died: it is begun so often and not more. */
  start(): void {
    this.#started = true;
    this.#look();
    this.#endPeriod = this.#parts.clock.every(LOOK_PERIOD_MS, () => this.#look());
  }

  /**
   * @param asked.name without its ending
   * @param stream the answer, which hangs on what it is made from since before that was looked up
   * @returns the job there is already, unless it failed
   * @throws Fault `exports-full`, `recording-not-found` or `file-not-found` when that was deleted meanwhile
   */
  async create(
    asked: {
      recordingId: string;
      kind: ExportKind;
      file: string | undefined;
      name: string;
      asker: string;
    },
    stream: Pick<OpenStream, 'requireOpen'>,
  ): Promise<{ job: ExportJob; created: boolean }> {
    const { asker, file, kind, name, recordingId } = asked;
    const { exportId, created } = await this.#alone(async (table) => {
      const rows = await table.ofRecording(recordingId);
      // Whoever deletes ends the stream first, and removes jobs after this transaction: none is left over.
      stream.requireOpen();
      const same = rows.find((row) => row.kind === kind && row.file === file);
      if (same) {
        await this.#requeue(table, same);
        return { exportId: same.exportId, created: false };
      }
      this.#queue.requireRoom(await table.inState('queued'), asker);
      const row: ExportRow = {
        exportId: `x-${randomLetters(12)}`,
        recordingId,
        kind,
        file,
        downloadName: `${name}${ENDINGS[kind]}`,
        state: 'queued',
        createdAtMs: Math.floor(this.#parts.clock.wallMs()),
        bytes: undefined,
        problem: undefined,
        asker,
        begun: 0,
        owner: '',
        beats: 0,
      };
      await table.add(row);
      return { exportId: row.exportId, created: true };
    });
    await this.#next();
    return { job: await this.get(exportId), created };
  }

  async list(recordingId: string): Promise<ExportJob[]> {
    return (await this.#table.ofRecording(recordingId)).map((row) => this.#toJob(row));
  }

  /** @throws Fault `export-not-found` */
  async get(exportId: string): Promise<ExportJob> {
    return this.#toJob(required(await this.#table.get(exportId)));
  }

  /** The recording that it is of; undefined when there is no such job. */
  async recordingOf(exportId: string): Promise<string | undefined> {
    return (await this.#table.get(exportId))?.recordingId;
  }

  /** Jobs that wait, as far as that can be asked, and jobs at work here. */
  async load(): Promise<{ queued?: number; running: number }> {
    const running = this.#running.size;
    if (!this.#parts.database.isReached) return { running };
    return { queued: (await this.#table.inState('queued')).length, running };
  }

  /** Of all results. */
  totalBytes(): Promise<number> {
    return this.#table.totalBytes();
  }

  /** @throws Fault `export-not-found`, `export-not-ready` */
  async open(exportId: string): Promise<StoredFile> {
    const row = required(await this.#table.get(exportId));
    if (row.state !== 'complete') throw new Fault('export-not-ready');
    const file = await this.#parts.store.openMade(row.recordingId, 'exports', madeName(row));
    if (!file) throw new Fault('file-not-found');
    return file;
  }

  /** Queues a job that failed or was cancelled once more; others go on as they are. @throws Fault `exports-full` */
  async retry(exportId: string): Promise<ExportJob> {
    await this.#alone(async (table) => this.#requeue(table, required(await table.get(exportId))));
    await this.#next();
    return this.get(exportId);
  }

  /** Ends a job that waits or is at work; one that is over goes away, with its result. */
  async cancelOrRemove(exportId: string): Promise<ExportJob> {
    const { database, store } = this.#parts;
    // Until nothing of it is left it does not begin again.
    return this.#inTurn(async () => {
      const row = await database.transaction('exports', async (sql) => {
        const table = new ExportTable(sql);
        const found = required(await table.get(exportId));
        if (isOver(found)) await table.remove(exportId);
        else await table.change(found, { state: 'cancelled' });
        return found;
      });
      if (isOver(row)) {
        await this.#clear(row);
        return this.#toJob(row);
      }
      await this.#stop(exportId, 'cancelled');
      await clearScratch(store, row);
      return this.#toJob({ ...row, state: 'cancelled' });
    });
  }

  /** @returns the bytes of their results */
  async removeAllOf(recordingId: string): Promise<number> {
    return this.#clearEach(await this.#alone((table) => table.removeAllOf(recordingId)));
  }

  /** Everything that one of these files is in. @returns which those were, and the bytes of their results */
  async removeMadeFrom(
    recordingId: string,
    files: readonly string[],
  ): Promise<{ bytes: number; exportIds: string[] }> {
    const gone = await this.#alone((table) => table.removeMadeFrom(recordingId, files));
    return { bytes: await this.#clearEach(gone), exportIds: gone.map(({ exportId }) => exportId) };
  }

  /** Ends what is at work; it begins again at the next start, and had no part in that it ended. */
  async close(): Promise<void> {
    this.#endPeriod();
    this.#started = false;
    // What is being begun has begun by then.
    await this.#inTurn(() => undefined);
    const rows = this.#rowsAtWork();
    await Promise.all(rows.map(({ exportId }) => this.#stop(exportId, 'closing')));
    for (const row of rows) await this.#table.change(row, { state: 'queued', begun: 0 });
  }

  /** What it decides by does not change while it decides. */
  #alone<T>(work: (table: ExportTable) => Promise<T>): Promise<T> {
    const { database } = this.#parts;
    return this.#inTurn(() => database.transaction('exports', (sql) => work(new ExportTable(sql))));
  }

  async #requeue(table: ExportTable, row: ExportRow): Promise<void> {
    if (row.state !== 'failed' && row.state !== 'cancelled') return;
    this.#queue.requireRoom(await table.inState('queued'), row.asker);
    await table.change(row, { state: 'queued', problem: undefined, begun: 0 });
  }

  #look(): void {
    this.#tell()
      .then(() => this.#takeBack())
      .then(() => this.#next())
      .catch((cause: Error) => {
        this.#parts.log.error('exports-failed', { cause: cause.message });
        if (this.#parts.clock.nowMs() - this.#toldAtMs < GIVEN_UP_MS) return;
        for (const { run } of this.#running.values()) run.stop('not told');
      });
  }

  /** That jobs are at work here, those apart that were ended or removed by another archive. */
  async #tell(): Promise<void> {
    const lost = await this.#alone(async (table) => {
      const own = await table.beat(this.#parts.owner);
      return this.#rowsAtWork().filter(({ exportId }) => !own.has(exportId));
    });
    this.#toldAtMs = this.#parts.clock.nowMs();
    for (const row of lost) {
      await this.#stop(row.exportId, 'ended elsewhere');
      const now = await this.#table.get(row.exportId);
      if (!now || now.state === 'cancelled') await clearScratch(this.#parts.store, row);
    }
  }

  /** What is said to be at work, and is not. */
  #takeBack(): Promise<void> {
    return this.#alone(async (table) => {
      for (const row of await table.inState('running')) {
        if (this.#running.has(row.exportId) || this.#isAtWorkElsewhere(row)) continue;
        const isOften = row.begun >= MAX_BEGUN;
        const problem = isOften ? 'The server ended each time that this was made.' : undefined;
        await table.change(row, { state: isOften ? 'failed' : 'queued', problem });
        this.#others.delete(row.exportId);
      }
    });
  }

  #isAtWorkElsewhere({ beats, exportId, owner }: ExportRow): boolean {
    if (owner === this.#parts.owner) return false;
    const nowMs = this.#parts.clock.nowMs();
    const seen = this.#others.get(exportId);
    if (seen?.beats === beats) return nowMs - seen.sinceMs < TAKEN_OVER_MS;
    this.#others.set(exportId, { beats, sinceMs: nowMs });
    return true;
  }

  /** Begins whatever may begin now. */
  #next(): Promise<void> {
    const { database } = this.#parts;
    return this.#inTurn(async () => {
      while (this.#started) {
        const next = await database.transaction('exports', (sql) => this.#take(new ExportTable(sql)));
        if (!next) return;
        this.#begin(next);
      }
    });
  }

  async #take(table: ExportTable): Promise<ExportRow | undefined> {
    const next = this.#queue.next(await table.inState('queued'), this.#rowsAtWork());
    if (!next) return undefined;
    const taken = { state: 'running', begun: next.begun + 1, owner: this.#parts.owner } as const;
    await table.change(next, taken);
    return { ...next, ...taken };
  }

  #begin(row: ExportRow): void {
    const { log } = this.#parts;
    const run = new ExportRun(row, this.#parts);
    const over = this.#carryOut(run)
      .catch((cause: Error) => log.error('export-left', { exportId: row.exportId, cause: cause.message }))
      .finally(() => {
        if (this.#running.get(row.exportId)?.run === run) this.#running.delete(row.exportId);
        this.#next().catch((cause: Error) => log.error('exports-failed', { cause: cause.message }));
      });
    this.#running.set(row.exportId, { run, over });
  }

  async #carryOut(run: ExportRun): Promise<void> {
    const { log, store } = this.#parts;
    const { row } = run;
    let bytes: number;
    try {
      bytes = await run.make(this.#toJob(row));
    } catch (cause) {
      // Whoever stopped it also said what becomes of it.
      if (run.isStopped) return;
      const problem = cause instanceof Fault ? cause.message : new Fault('export-failed').message;
      log.error('export-failed', { exportId: row.exportId, cause: (cause as Error).message });
      await this.#table.change(row, { state: 'failed', problem });
      await clearScratch(store, row);
      // It has the names of the meeting and of a person, and goes with the recording.
      if ((await store.manifestVersion(row.recordingId)) === undefined)
        await this.#table.remove(row.exportId);
      return;
    }
    const isWanted = await this.#table.change(row, { state: 'complete', bytes, problem: undefined });
    if (!isWanted) await store.removeMade(row.recordingId, 'exports', madeName(row));
  }

  #rowsAtWork(): ExportRow[] {
    return [...this.#running.values()].map(({ run }) => run.row);
  }

  async #stop(exportId: string, reason: string): Promise<void> {
    const running = this.#running.get(exportId);
    running?.run.stop(reason);
    await running?.over;
  }

  async #clearEach(rows: readonly ExportRow[]): Promise<number> {
    let bytes = 0;
    for (const row of rows) bytes += await this.#clear(row);
    return bytes;
  }

  /** Leaves nothing of a job that is no longer known. */
  async #clear(row: ExportRow): Promise<number> {
    await this.#stop(row.exportId, 'removed');
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

const isOver = ({ state }: ExportRow) => state !== 'queued' && state !== 'running';

/** @throws Fault `export-not-found` */
function required(row: ExportRow | undefined): ExportRow {
  if (!row) throw new Fault('export-not-found');
  return row;
}
