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
  /** Which archive began it last. */
  owner: string;
  /** Goes up while its owner is at work. */
  beats: number;
}

/** What may change of a job. */
type Changes = Partial<Pick<ExportRow, 'state' | 'bytes' | 'problem' | 'begun' | 'owner'>>;

/** The jobs in the database, so that they outlive a restart. */
export class ExportTable {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async add(row: ExportRow): Promise<void> {
    await this.#sql.run(
      `INSERT INTO exports (export_id, recording_id, kind, file, download_name, state, created_at_ms, bytes, problem,
         asker, begun, owner, beats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      row.owner,
      row.beats,
    );
  }

  /** @returns whether it was as it had been read: it may have been cancelled, taken over, or be gone */
  async change(before: ExportRow, changes: Changes): Promise<boolean> {
    const after = { ...before, ...changes };
    const changed = await this.#sql.run(
      `UPDATE exports SET state = ?, bytes = ?, problem = ?, begun = ?, owner = ?
       WHERE export_id = ? AND state = ? AND owner = ?`,
      after.state,
      after.bytes ?? null,
      after.problem ?? null,
      after.begun,
      after.owner,
      before.exportId,
      before.state,
      before.owner,
    );
    return changed > 0;
  }

  /** This archive is at work. @returns the jobs that are its own */
  async beat(owner: string): Promise<Set<string>> {
    const rows = await this.#sql.all(
      "UPDATE exports SET beats = beats + 1 WHERE state = 'running' AND owner = ? RETURNING export_id",
      owner,
    );
    return new Set(rows.map((row) => String(row.export_id)));
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
    owner: String(row.owner),
    beats: Number(row.beats),
  };
}
