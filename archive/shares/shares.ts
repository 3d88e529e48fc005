import { Fault } from '#protocol/errors.ts';
import { type Share, shareSchema, shareTokenSchema } from '#protocol/http/shares.ts';
import type { Clock } from '#service/clock.ts';
import { hashSecret, keyedHash, makeSecret, randomLetters, sameSecret } from '#service/secrets.ts';
import type { Passwords } from '../access/passwords.ts';
import type { Database, Row, Value } from '../database/database.ts';
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
  readonly #database: Database;
  readonly #secret: string;
  readonly #clock: Clock;
  readonly #passwords: Passwords;
  readonly #streams: OpenStreams;

  constructor(options: {
    database: Database;
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
    const token = makeSecret();
    const shareId = `s-${randomLetters(12)}`;
    const nowMs = Math.floor(this.#clock.wallMs());
    await this.#database.transaction('shares', async (sql) => {
      const count = await sql.get(
        'SELECT count(*) AS count FROM shares WHERE recording_id = ?',
        given.recordingId,
      );
      if (Number(count?.count) >= MAX_SHARES_PER_RECORDING) throw new Fault('shares-full');
      // Whoever deletes ends the stream first, and removes links after this transaction: none is left over.
      stream.requireOpen();
      await sql.run(
        `INSERT INTO shares (share_id, token_hash, recording_id, file, label, created_at_ms, created_by, expires_at_ms,
           password_hash, download) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    });
    return { share: await this.get(given.recordingId, shareId), token };
  }

  /** The newest first. */
  async list(recordingId: string): Promise<Share[]> {
    const sql = 'SELECT * FROM shares WHERE recording_id = ? ORDER BY rowid DESC';
    return (await this.#database.all(sql, recordingId)).map((row) => this.#toShare(row));
  }

  /** @throws Fault `share-not-found` */
  async get(recordingId: string, shareId: string): Promise<Share> {
    const sql = 'SELECT * FROM shares WHERE recording_id = ? AND share_id = ?';
    const row = await this.#database.get(sql, recordingId, shareId);
    if (!row) throw new Fault('share-not-found');
    return this.#toShare(row);
  }

  /** It opens nothing any more, and what it opened ends. @throws Fault `share-not-found` */
  async revoke(recordingId: string, shareId: string): Promise<Share> {
    await this.get(recordingId, shareId);
    await this.#database.run(
      'UPDATE shares SET revoked_at_ms = ? WHERE share_id = ? AND revoked_at_ms IS NULL',
      Math.floor(this.#clock.wallMs()),
      shareId,
    );
    this.#streams.end(`share:${shareId}`);
    return this.get(recordingId, shareId);
  }

  /** @throws Fault `share-not-found`, `share-expired`, `share-revoked` */
  async find(token: string): Promise<OpenShare> {
    return this.#open(await this.#row(token));
  }

  /**
   * @param address of whoever tries
   * @returns a key that proves the password from now on
   * @throws Fault `share-password-needed`, `share-password-wrong`, `rate-limited`
   */
  async unlock(token: string, password: string | undefined, address: string): Promise<string | undefined> {
    const { password_hash: stored, share_id: shareId } = await this.#row(token);
    if (stored === null) return undefined;
    if (!password) throw new Fault('share-password-needed');
    const isRight = await this.#passwords.verify(String(shareId), password, String(stored), address);
    if (!isRight) throw new Fault('share-password-wrong');
    return this.#keyOf(token, String(stored));
  }

  /**
   * The same as `find`, for whoever has unlocked it.
   * @throws Fault `share-password-needed` unless the key is the one that unlocking gave
   */
  async findUnlocked(token: string, key: string | undefined): Promise<OpenShare> {
    const row = await this.#row(token);
    const share = this.#open(row);
    const stored = row.password_hash;
    if (stored === null) return share;
    if (key === undefined || !sameSecret(key, this.#keyOf(token, String(stored)))) {
      throw new Fault('share-password-needed');
    }
    return share;
  }

  async countView(shareId: string): Promise<void> {
    await this.#database.run(
      'UPDATE shares SET views = views + 1, last_viewed_at_ms = ? WHERE share_id = ?',
      Math.floor(this.#clock.wallMs()),
      shareId,
    );
  }

  removeAllOf(recordingId: string): Promise<void> {
    return this.#remove('recording_id = ?', recordingId);
  }

  removeOfFile(recordingId: string, file: string): Promise<void> {
    return this.#remove('recording_id = ? AND file = ?', recordingId, file);
  }

  async #remove(which: string, ...values: Value[]): Promise<void> {
    const gone = await this.#database.transaction('shares', (sql) =>
      sql.all(`DELETE FROM shares WHERE ${which} RETURNING share_id`, ...values),
    );
    for (const { share_id: shareId } of gone) this.#streams.end(`share:${shareId}`);
  }

  #open(row: Row): OpenShare {
    const share = this.#toShare(row);
    if (share.state !== 'open') throw new Fault(`share-${share.state}`);
    return { ...share, recordingId: String(row.recording_id) };
  }

  async #row(token: string): Promise<Row> {
    const valid = shareTokenSchema.safeParse(token).success;
    const row =
      valid && (await this.#database.get('SELECT * FROM shares WHERE token_hash = ?', hashSecret(token)));
    if (!row) throw new Fault('share-not-found');
    return row;
  }

  /** Bound to the password's hash too, so that it dies with it. */
  #keyOf(token: string, passwordHash: string): string {
    return keyedHash(this.#secret, `share ${token} ${passwordHash}`);
  }

  #toShare(row: Row): Share {
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
