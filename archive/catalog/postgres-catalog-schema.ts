/**
 * The catalog in PostgreSQL. `grams` is what the text can be found by (grams.ts): one GIN index for every script, where pg_trgm
 * knows but letters of the database's locale, and no two characters. Its list of what is not sorted in yet is kept short, since
 * every search reads it. As in SQLite the index of an order also holds what rows are filtered by.
 */
export const POSTGRES_CATALOG_MIGRATIONS = [
  `CREATE TABLE recordings (
     recording_id TEXT COLLATE "C" PRIMARY KEY,
     live INTEGER NOT NULL,
     meeting_id TEXT NOT NULL,
     state TEXT NOT NULL,
     started_at_ms BIGINT NOT NULL,
     duration_ms BIGINT NOT NULL,
     bytes BIGINT NOT NULL,
     manifest_version TEXT NOT NULL,
     summary TEXT NOT NULL,
     unfinished INTEGER NOT NULL,
     text TEXT NOT NULL,
     grams INTEGER[] NOT NULL
   );
   CREATE INDEX recordings_by_start ON recordings (live, started_at_ms, recording_id, duration_ms, state);
   CREATE INDEX recordings_by_duration ON recordings (live, duration_ms, recording_id, started_at_ms, state);
   CREATE INDEX recordings_by_bytes ON recordings (live, bytes, recording_id, started_at_ms, duration_ms, state);
   CREATE INDEX recordings_by_meeting ON recordings (meeting_id, live, started_at_ms, recording_id);
   CREATE INDEX recordings_use ON recordings (started_at_ms, bytes);
   CREATE INDEX recordings_unfinished ON recordings (recording_id) WHERE unfinished = 1;
   CREATE INDEX recordings_grams ON recordings USING gin (grams) WITH (gin_pending_list_limit = 256);`,
] as const;
