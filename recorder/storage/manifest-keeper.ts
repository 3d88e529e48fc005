import type { Manifest } from '#protocol/manifest.ts';
import type { Log } from '#service/log.ts';
import { writeManifest } from '#store/manifest-file.ts';
import { inWallTime } from './wall-time.ts';

/** Changes that nobody waits for are written at most this often. */
export const MANIFEST_INTERVAL_MS = 1000;
/** Without any change it is written this often: what it says of files that grow is no older after a crash. */
export const MANIFEST_REFRESH_MS = 30_000;
/** A long one is written the less often: making it holds up the packets of everybody, a percent of the time at most. */
export const MANIFEST_BYTES_PER_S = 512 * 1024;
/** One of usual length is not held back. */
const SHORT_BYTES = 128 * 1024;

/**
 * Writes one recording's manifest: one write at a time, the latest state, coalesced. It is asked for the state at the
 * moment of writing, so no write is ever older than what was known when it began.
 */
export class ManifestKeeper {
  readonly #folder: string;
  readonly #current: () => Manifest;
  readonly #onWritten: () => void;
  readonly #log: Log;
  #changed = false;
  #lastMs = 0;
  #begunMs = 0;
  #bytes = 0;
  #refreshMs: number | undefined;
  #writing: Promise<void> | undefined;
  /** The write that begins when the present one is over, for everybody who has asked meanwhile. */
  #next: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(folder: string, current: () => Manifest, onWritten: () => void, log: Log) {
    this.#folder = folder;
    this.#current = current;
    this.#onWritten = onWritten;
    this.#log = log;
  }

  /** The last write's error, until one succeeds. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Something changed: it is on disk within MANIFEST_INTERVAL_MS. */
  touch(): void {
    this.#changed = true;
  }

  /** Something changed that matters after a crash: it is on disk with the next tick, unless the manifest is long. */
  hurry(): void {
    this.#changed = true;
    this.#lastMs = 0;
  }

  tick(nowMs: number): void {
    this.#refreshMs ??= nowMs + MANIFEST_REFRESH_MS;
    const dueMs = this.#changed ? this.#lastMs + MANIFEST_INTERVAL_MS : this.#refreshMs;
    const mayMs = this.#begunMs + (Math.max(0, this.#bytes - SHORT_BYTES) * 1000) / MANIFEST_BYTES_PER_S;
    if (this.#writing || this.#next || nowMs < Math.max(dueMs, mayMs)) return;
    this.#lastMs = nowMs;
    this.#begunMs = nowMs;
    this.#refreshMs = nowMs + MANIFEST_REFRESH_MS;
    // A failure is kept, and tried again at the next interval.
    this.save().catch((cause: Error) => {
      this.#failure = cause;
      this.#changed = true;
    });
  }

  /** Resolves when the present state is on disk. @throws the error of the file system */
  save(): Promise<void> {
    this.#next ??= this.#writeAfter(this.#writing);
    return this.#next;
  }

  /** The same for what a crash would leave to be repaired, and what anybody may cause: a long manifest has its turn. */
  async saveIfShort(): Promise<void> {
    if (this.#bytes > SHORT_BYTES) this.hurry();
    else await this.save();
  }

  /** Two writes at once would take each other's temporary file away. */
  async #writeAfter(before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    this.#writing = this.#next;
    this.#next = undefined;
    this.#changed = false;
    try {
      this.#bytes = await writeManifest(this.#folder, inWallTime(this.#current()), this.#log);
      this.#failure = undefined;
    } finally {
      this.#writing = undefined;
    }
    this.#onWritten();
  }
}
