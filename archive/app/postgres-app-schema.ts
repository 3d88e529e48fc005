/**
 * What app.db holds, in PostgreSQL. SQLite's own list of migrations tells how its files came to be what they are, from versions
 * of which there is no PostgreSQL: this one begins where that has arrived, and from here on each change goes into both.
 * `rowid` is what SQLite has by itself: the order in which rows came.
 */
export const POSTGRES_APP_MIGRATIONS = [
  `CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
   CREATE TABLE meetings (
     meeting_id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     host_key_hash TEXT NOT NULL,
     created_at_ms BIGINT NOT NULL,
     used_at_ms BIGINT,
     rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE
   );
   CREATE INDEX meetings_unused ON meetings (created_at_ms) WHERE used_at_ms IS NULL;
   CREATE TABLE sessions (
     token_hash TEXT PRIMARY KEY,
     created_at_ms BIGINT NOT NULL,
     expires_at_ms BIGINT NOT NULL,
     rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE
   );
   CREATE TABLE audit_anchor (one INTEGER PRIMARY KEY CHECK (one = 1), id BIGINT NOT NULL, hash TEXT NOT NULL);
   INSERT INTO audit_anchor VALUES (1, 0, 'genesis');
   CREATE TABLE audit (
     id BIGINT PRIMARY KEY,
     at_ms BIGINT NOT NULL,
     actor TEXT NOT NULL,
     address TEXT,
     action TEXT NOT NULL,
     recording_id TEXT,
     detail TEXT,
     hash TEXT NOT NULL
   );
   CREATE INDEX audit_recording ON audit (recording_id, id);
   CREATE INDEX audit_action ON audit (action, id);
   CREATE INDEX audit_address ON audit (address);
   CREATE TABLE pins (recording_id TEXT PRIMARY KEY, at_ms BIGINT NOT NULL);
   CREATE TABLE shares (
     share_id TEXT PRIMARY KEY,
     token_hash TEXT NOT NULL UNIQUE,
     recording_id TEXT NOT NULL,
     file TEXT,
     label TEXT,
     created_at_ms BIGINT NOT NULL,
     created_by TEXT NOT NULL,
     expires_at_ms BIGINT NOT NULL,
     revoked_at_ms BIGINT,
     password_hash TEXT,
     download INTEGER NOT NULL,
     views BIGINT NOT NULL DEFAULT 0,
     last_viewed_at_ms BIGINT,
     rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE
   );
   CREATE INDEX shares_recording ON shares (recording_id);
   CREATE TABLE exports (
     export_id TEXT PRIMARY KEY,
     recording_id TEXT NOT NULL,
     kind TEXT NOT NULL,
     file TEXT,
     download_name TEXT NOT NULL,
     state TEXT NOT NULL,
     created_at_ms BIGINT NOT NULL,
     bytes BIGINT,
     problem TEXT,
     asker TEXT NOT NULL DEFAULT '',
     begun INTEGER NOT NULL DEFAULT 0,
     rowid BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE
   );
   CREATE INDEX exports_recording ON exports (recording_id);
   CREATE INDEX exports_state ON exports (state, rowid);
   CREATE TABLE audit_given (one INTEGER PRIMARY KEY CHECK (one = 1), seq BIGINT NOT NULL);
   INSERT INTO audit_given VALUES (1, 0);
   CREATE FUNCTION audit_give() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       UPDATE audit_given SET seq = greatest(seq, NEW.id);
       RETURN NEW;
     END $$;
   CREATE TRIGGER audit_gives AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_give();`,
  `ALTER TABLE exports ADD COLUMN owner TEXT NOT NULL DEFAULT '', ADD COLUMN beats BIGINT NOT NULL DEFAULT 0;`,
] as const;
