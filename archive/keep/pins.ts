import type { Clock } from '#service/clock.ts';
import type { Sql } from '../database/database.ts';

/** Recordings that retention never deletes. */
export class Pins {
  readonly #database: Sql;
  readonly #clock: Clock;

  constructor(options: { database: Sql; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  async has(recordingId: string): Promise<boolean> {
    return (await this.among([recordingId])).has(recordingId);
  }

  /** Those of these that are pinned. */
  async among(recordingIds: readonly string[]): Promise<Set<string>> {
    if (recordingIds.length === 0) return new Set();
    const places = recordingIds.map(() => '?').join(', ');
    const rows = await this.#database.all(
      `SELECT recording_id FROM pins WHERE recording_id IN (${places})`,
      ...recordingIds,
    );
    return new Set(rows.map((row) => String(row.recording_id)));
  }

  async add(recordingId: string): Promise<void> {
    await this.#database.run(
      'INSERT INTO pins (recording_id, at_ms) VALUES (?, ?) ON CONFLICT DO NOTHING',
      recordingId,
      Math.floor(this.#clock.wallMs()),
    );
  }

  async remove(recordingId: string): Promise<void> {
    await this.#database.run('DELETE FROM pins WHERE recording_id = ?', recordingId);
  }
}
