import type { DatabaseSync } from 'node:sqlite';
import { Fault } from '#protocol/errors.ts';
import { type Share, shareSchema, shareTokenSchema } from '#protocol/http/shares.ts';
import type { Clock } from '#service/clock.ts';
import { hashSecret, keyedHash, makeSecret, randomLetters, sameSecret } from '#service/secrets.ts';
import type { Passwords } from '../access/passwords.ts';
import type { OpenStream, OpenStreams } from '../streams/open-streams.ts';

export const MAX_SHARES_PER_RECORDING = 200;
const HOUR_MS = 3_600_000;

/** A link that is open, with the recording behind it. */
export interface OpenShare extends Share {
  recordingId: string;
}

export interface NewShare {
  recordingId: string;
  file?: string | undefined;
  label?: string | undefined;
  password?: string | undefined;
  expiresInHours: number;
  download: boolean;
  createdBy: Share['createdBy'];
  /** Of whoever makes it. */
  address: string;
}

/** Links to recordings. Of a token and a password only hashes are kept. */
export class Shares {
  readonly #database: DatabaseSync;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #passwords: Passwords;
  readonly #streams: OpenStreams;

  constructor(options: {
    database: DatabaseSync;
    secret: string;
    clock: Clock;
    passwords: Passwords;
    streams: OpenStreams;
  }) {
    this.#streams = options.streams;
    this.#database = options.database;
    this.#secret = options.secret;
    this.#clock = options.clock;
    this.#passwords = options.passwords;
  }

  /**
   * @param stream the answer, which hangs on what is shared since before it was looked up
   * @returns the token, which is told only now
   * @throws Fault `shares-full`, `recording-not-found` or `file-not-found` when that was deleted meanwhile
   */
  async create(
    given: NewShare,
    stream: Pick<OpenStream, 'requireOpen'>,
  ): Promise<{ share: Share; token: string }> {
    const passwordHash =
      given.password === undefined ? null : await this.#passwords.hash(given.password, given.address);
    stream.requireOpen();
    const count = this.#database
      .prepare('SELECT count(*) AS count FROM shares WHERE recording_id = ?')
      .get(given.recordingId);
    if (Number(count?.count) >= MAX_SHARES_PER_RECORDING) throw new Fault('shares-full');
    const token = makeSecret();
    const shareId = `s-${randomLetters(12)}`;
    const nowMs = Math.floor(this.#clock.wallMs());
    this.#database
      .prepare(
        `INSERT INTO shares (share_id, token_hash, recording_id, file, label, created_at_ms, created_by, expires_at_ms,
           password_hash, download) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        shareId,
        hashSecret(token),
        given.recordingId,
        given.file ?? null,
        given.label || null,
        nowMs,
        given.createdBy,
        nowMs + Math.ceil(given.expiresInHours * HOUR_MS),
        passwordHash,
        given.download ? 1 : 0,
      );
    return { share: this.get(given.recordingId, shareId), token };
  }

  /** The newest first. */
  list(recordingId: string): Share[] {
    return this.#database
      .prepare('SELECT * FROM shares WHERE recording_id = ? ORDER BY rowid DESC')
      .all(recordingId)
      .map((row) => this.#toShare(row));
  }

  /** @throws Fault `share-not-found` */
  get(recordingId: string, shareId: string): Share {
    const row = this.#database
      .prepare('SELECT * FROM shares WHERE recording_id = ? AND share_id = ?')
      .get(recordingId, shareId);
    if (!row) throw new Fault('share-not-found');
    return this.#toShare(row);
  }

  /** It opens nothing any more, and what it opened ends. @throws Fault `share-not-found` */
  revoke(recordingId: string, shareId: string): Share {
    this.get(recordingId, shareId);
    this.#database
      .prepare('UPDATE shares SET revoked_at_ms = ? WHERE share_id = ? AND revoked_at_ms IS NULL')
      .run(Math.floor(this.#clock.wallMs()), shareId);
    this.#streams.end(`share:${shareId}`);
    return this.get(recordingId, shareId);
  }

  /** @throws Fault `share-not-found`, `share-expired`, `share-revoked` */
  find(token: string): OpenShare {
    const row = this.#row(token);
    const share = this.#toShare(row);
    if (share.state !== 'open') throw new Fault(`share-${share.state}`);
    return { ...share, recordingId: String(row.recording_id) };
  }

  /**
   * @param address of whoever tries
   * @returns a key that proves the password from now on
   * @throws Fault `share-password-needed`, `share-password-wrong`, `rate-limited`
   */
  async unlock(token: string, password: string | undefined, address: string): Promise<string | undefined> {
    const { password_hash: stored, share_id: shareId } = this.#row(token);
    if (stored === null) return undefined;
    if (!password) throw new Fault('share-password-needed');
    const isRight = await this.#passwords.verify(String(shareId), password, String(stored), address);
    if (!isRight) throw new Fault('share-password-wrong');
    return this.#keyOf(token, String(stored));
  }

  /** @throws Fault `share-password-needed` unless the key is the one that unlocking gave */
  requireKey(token: string, key: string | undefined): void {
    const stored = this.#row(token).password_hash;
    if (stored === null) return;
    if (key === undefined || !sameSecret(key, this.#keyOf(token, String(stored)))) {
      throw new Fault('share-password-needed');
    }
  }

  countView(shareId: string): void {
    this.#database
      .prepare('UPDATE shares SET views = views + 1, last_viewed_at_ms = ? WHERE share_id = ?')
      .run(Math.floor(this.#clock.wallMs()), shareId);
  }

  removeAllOf(recordingId: string): void {
    const sql = 'DELETE FROM shares WHERE recording_id = ? RETURNING share_id';
    this.#endEach(this.#database.prepare(sql).all(recordingId));
  }

  removeOfFile(recordingId: string, file: string): void {
    const sql = 'DELETE FROM shares WHERE recording_id = ? AND file = ? RETURNING share_id';
    this.#endEach(this.#database.prepare(sql).all(recordingId, file));
  }

  #endEach(rows: readonly Record<string, unknown>[]): void {
    for (const { share_id: shareId } of rows) this.#streams.end(`share:${shareId}`);
  }

  #row(token: string): Record<string, unknown> {
    const valid = shareTokenSchema.safeParse(token).success;
    const row =
      valid && this.#database.prepare('SELECT * FROM shares WHERE token_hash = ?').get(hashSecret(token));
    if (!row) throw new Fault('share-not-found');
    return row;
  }

  /** Bound to the password's hash too, so that it dies with it. */
  #keyOf(token: string, passwordHash: string): string {
    return keyedHash(this.#secret, `share ${token} ${passwordHash}`);
  }

  #toShare(row: Record<string, unknown>): Share {
    const expired = Number(row.expires_at_ms) <= this.#clock.wallMs();
    return shareSchema.parse({
      shareId: row.share_id,
      file: row.file ?? undefined,
      label: row.label ?? undefined,
      createdAtMs: row.created_at_ms,
      createdBy: row.created_by,
      expiresAtMs: row.expires_at_ms,
      revokedAtMs: row.revoked_at_ms ?? undefined,
      state: row.revoked_at_ms !== null ? 'revoked' : expired ? 'expired' : 'open',
      hasPassword: row.password_hash !== null,
      download: row.download === 1,
      views: row.views,
      lastViewedAtMs: row.last_viewed_at_ms ?? undefined,
    });
  }
}
