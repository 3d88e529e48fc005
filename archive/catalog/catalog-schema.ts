/**
 * catalog.db. The texts stand apart from the rows, so that looking through them for something too short for the trigram
 * index reads little else. Each index of an order also holds what rows are filtered by, so that walking in that order
 * reads only the rows that are shown.
 */
export const CATALOG_MIGRATIONS = [
  `CREATE TABLE recordings (
     recording_id TEXT PRIMARY KEY,
     live INTEGER NOT NULL,
     meeting_id TEXT NOT NULL,
     started_at_ms INTEGER NOT NULL,
     search TEXT NOT NULL,
     manifest_version TEXT NOT NULL,
     summary TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // The rows come back from the manifests.
  `DROP TABLE recordings;
   CREATE TABLE recordings (
     id INTEGER PRIMARY KEY,
     recording_id TEXT NOT NULL UNIQUE,
     live INTEGER NOT NULL,
     meeting_id TEXT NOT NULL,
     state TEXT NOT NULL,
     started_at_ms INTEGER NOT NULL,
     duration_ms INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     manifest_version TEXT NOT NULL,
     summary TEXT NOT NULL
   ) STRICT;
   CREATE INDEX recordings_by_start ON recordings (live, started_at_ms, recording_id, duration_ms, state);
   CREATE INDEX recordings_by_duration ON recordings (live, duration_ms, recording_id, started_at_ms, state);
   CREATE INDEX recordings_by_bytes ON recordings (live, bytes, recording_id, started_at_ms, duration_ms, state);
   CREATE INDEX recordings_by_meeting ON recordings (meeting_id, live, started_at_ms, recording_id);
   CREATE INDEX recordings_use ON recordings (started_at_ms, bytes);
   CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
   CREATE VIRTUAL TABLE trigrams USING fts5(text, content='', contentless_delete=1, tokenize='trigram');`,
  `DELETE FROM recordings;
   DELETE FROM texts;
   INSERT INTO trigrams (trigrams) VALUES ('delete-all');
   ALTER TABLE recordings ADD COLUMN unfinished INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX recordings_unfinished ON recordings (recording_id) WHERE unfinished = 1;`,
  // A row as long as the index of words still holds some of a text that is gone.
  `CREATE TABLE owed_erasure (one INTEGER PRIMARY KEY) STRICT;
   INSERT INTO owed_erasure VALUES (1);`,
] as const;
