import type { ExportKind, ExportState } from '#protocol/http/exports.ts';
import type { Row, Sql, Value } from '../database/database.ts';

/** A job as it is kept. */
export interface ExportRow {
  exportId: string;
  recordingId: string;
  kind: ExportKind;
  /** The recorded file that it is made from; undefined for the group. */
  file: string | undefined;
  downloadName: string;
  state: ExportState;
  createdAtMs: number;
  bytes: number | undefined;
  problem: string | undefined;
  /** Who asked: those are fair to each other. */
  asker: string;
  /** How often it was begun without coming to an end. */
  begun: number;
}

/** The jobs in the database, so that they outlive a restart. */
export class ExportTable {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async add(row: ExportRow): Promise<void> {
    await this.#sql.run(
      `INSERT INTO exports (export_id, recording_id, kind, file, download_name, state, created_at_ms, bytes, problem,
         asker, begun) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.exportId,
      row.recordingId,
      row.kind,
      row.file ?? null,
      row.downloadName,
      row.state,
      row.createdAtMs,
      row.bytes ?? null,
      row.problem ?? null,
      row.asker,
      row.begun,
    );
  }

  /** Of a job that is in this state what may change. @returns whether it was: it may have been cancelled, or be gone */
  async change(from: ExportState, { begun, bytes, exportId, problem, state }: ExportRow): Promise<boolean> {
    const changed = await this.#sql.run(
      'UPDATE exports SET state = ?, bytes = ?, problem = ?, begun = ? WHERE export_id = ? AND state = ?',
      state,
      bytes ?? null,
      problem ?? null,
      begun,
      exportId,
      from,
    );
    return changed > 0;
  }

  async get(exportId: string): Promise<ExportRow | undefined> {
    const row = await this.#sql.get('SELECT * FROM exports WHERE export_id = ?', exportId);
    return row && toRow(row);
  }

  /** The newest first. */
  async ofRecording(recordingId: string): Promise<ExportRow[]> {
    const sql = 'SELECT * FROM exports WHERE recording_id = ? ORDER BY rowid DESC';
    return (await this.#sql.all(sql, recordingId)).map(toRow);
  }

  /** In the order in which they were asked for. */
  async inState(state: ExportState): Promise<ExportRow[]> {
    const sql = 'SELECT * FROM exports WHERE state = ? ORDER BY rowid';
    return (await this.#sql.all(sql, state)).map(toRow);
  }

  async remove(exportId: string): Promise<void> {
    await this.#sql.run('DELETE FROM exports WHERE export_id = ?', exportId);
  }

  removeAllOf(recordingId: string): Promise<ExportRow[]> {
    return this.#removeEach('recording_id = ?', recordingId);
  }

  /** Everything that one of these files is in. */
  removeMadeFrom(recordingId: string, files: readonly string[]): Promise<ExportRow[]> {
    const isOne = files.map(() => ' OR file = ?').join('');
    return this.#removeEach(`recording_id = ? AND (file IS NULL${isOne})`, recordingId, ...files);
  }

  async totalBytes(): Promise<number> {
    const row = await this.#sql.get('SELECT coalesce(sum(bytes), 0) AS bytes FROM exports');
    return Number(row?.bytes);
  }

  async #removeEach(which: string, ...values: Value[]): Promise<ExportRow[]> {
    const gone = await this.#sql.all(`DELETE FROM exports WHERE ${which} RETURNING *`, ...values);
    return gone.map(toRow);
  }
}

function toRow(row: Row): ExportRow {
  return {
    exportId: String(row.export_id),
    recordingId: String(row.recording_id),
    kind: row.kind as ExportKind,
    file: row.file === null ? undefined : String(row.file),
    downloadName: String(row.download_name),
    state: row.state as ExportState,
    createdAtMs: Number(row.created_at_ms),
    bytes: row.bytes === null ? undefined : Number(row.bytes),
    problem: row.problem === null ? undefined : String(row.problem),
    asker: String(row.asker),
    begun: Number(row.begun),
  };
}
