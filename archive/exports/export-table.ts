import type { DatabaseSync } from 'node:sqlite';
import type { ExportKind, ExportState } from '#protocol/http/exports.ts';

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

/** The jobs in app.db, so that they outlive a restart. */
export class ExportTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  put(row: ExportRow): void {
    this.#database
      .prepare(
        `INSERT INTO exports VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (export_id) DO UPDATE SET
           state = excluded.state, bytes = excluded.bytes, problem = excluded.problem,
           asker = excluded.asker, begun = excluded.begun`,
      )
      .run(
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

  get(exportId: string): ExportRow | undefined {
    const row = this.#database.prepare('SELECT * FROM exports WHERE export_id = ?').get(exportId);
    return row && toRow(row);
  }

  /** The newest first. */
  ofRecording(recordingId: string): ExportRow[] {
    return this.#database
      .prepare('SELECT * FROM exports WHERE recording_id = ? ORDER BY rowid DESC')
      .all(recordingId)
      .map(toRow);
  }

  /** In the order in which they were asked for. */
  inState(state: ExportState): ExportRow[] {
    return this.#database
      .prepare('SELECT * FROM exports WHERE state = ? ORDER BY rowid')
      .all(state)
      .map(toRow);
  }

  remove(exportId: string): void {
    this.#database.prepare('DELETE FROM exports WHERE export_id = ?').run(exportId);
  }

  totalBytes(): number {
    return Number(this.#database.prepare('SELECT total(bytes) AS bytes FROM exports').get()?.bytes);
  }
}

function toRow(row: Record<string, unknown>): ExportRow {
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
