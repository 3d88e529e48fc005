import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#service/clock.ts';

/** Recordings that retention never deletes. */
export class Pins {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(options: { database: DatabaseSync; clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  has(recordingId: string): boolean {
    return this.#database.prepare('SELECT 1 FROM pins WHERE recording_id = ?').get(recordingId) !== undefined;
  }

  add(recordingId: string): void {
    this.#database
      .prepare('INSERT OR IGNORE INTO pins VALUES (?, ?)')
      .run(recordingId, Math.floor(this.#clock.wallMs()));
  }

  remove(recordingId: string): void {
    this.#database.prepare('DELETE FROM pins WHERE recording_id = ?').run(recordingId);
  }
}
