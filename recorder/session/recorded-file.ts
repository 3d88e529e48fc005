import type { ManifestFile } from '../../protocol/manifest.ts';
import type { FileSource, Kind } from '../../protocol/people.ts';
import type { FileProgress } from '../../protocol/recording-state.ts';
import type { AppendFile } from '../storage/append-file.ts';
import type { Take } from './take.ts';

/** Without a packet for this long although media are due, the host sees `stalled`. */
export const STALLED_AFTER_MS = 2000;

export type FileEnd = 'complete' | 'failed';

/** What the session does for a file. */
export interface FileHost {
  /** Creates the file on disk. */
  create(connectionId: string, originMs: number): Promise<{ name: string; file: AppendFile }>;
  /** The manifest has news of this file: it exists, it ended. */
  changed(): void;
  failed(name: string, cause: Error): void;
  nowMs(): number;
}

/**
 * A take on its way to disk: the take makes bytes, this keeps them in order while the file is being created, counts
 * losses, and knows what host and manifest want to know.
 */
export class RecordedFile {
  readonly connectionId: string;
  readonly source: FileSource;
  readonly take: Take;
  readonly #host: FileHost;
  readonly #personName: string;
  readonly #losses: ManifestFile['losses'] = [];
  /** On the file's own line; the manifest has them on the common clock. */
  readonly #gaps: ManifestFile['gaps'] = [];
  #file: AppendFile | undefined;
  #name: string | undefined;
  #early: Buffer[] = [];
  #creation: Promise<void> | undefined;
  #end: FileEnd | undefined;
  #failureTold = false;

  constructor(options: {
    connectionId: string;
    personName: string;
    source: FileSource;
    host: FileHost;
    openTake: (output: { begin(originMs: number): void; write(chunks: Buffer[]): void }) => Take;
  }) {
    this.connectionId = options.connectionId;
    this.source = options.source;
    this.#personName = options.personName;
    this.#host = options.host;
    this.take = options.openTake({
      begin: (originMs) => {
        this.#creation = this.#create(originMs);
      },
      write: (chunks) => this.#write(chunks),
    });
  }

  get name(): string | undefined {
    return this.#name;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  noteLoss(kind: Kind, packets: number, atMs: number): void {
    this.#losses.push({ kind, packets, fromMs: atMs, toMs: atMs, hop: 'unknown' });
  }

  /** @param fromMs and toMs from the file's first tag */
  noteGap(kind: Kind, fromMs: number, toMs: number, cause: string): void {
    this.#gaps.push({ kind, fromMs, toMs, cause });
  }

  /** @param atMs on the SFU's clock */
  tick(atMs: number): void {
    this.take.tick(atMs);
    this.#file?.tick(this.#host.nowMs());
    if (this.#file?.failure && this.#name && !this.#failureTold) {
      this.#failureTold = true;
      this.#host.failed(this.#name, this.#file.failure);
    }
  }

  /** @param waitingMs how long ago the last packet came, undefined when none is due */
  progress(waitingMs: number | undefined): FileProgress {
    const bytes = this.#file?.writtenBytes ?? 0;
    const stalled = waitingMs !== undefined && waitingMs >= STALLED_AFTER_MS;
    const healthy = bytes === 0 ? 'waiting' : stalled ? 'stalled' : 'recording';
    return {
      connectionId: this.connectionId,
      source: this.source,
      state: this.#file?.failure ? 'failed' : healthy,
      bytes,
      durationMs: this.take.durationMs,
    };
  }

  /** Completes the file: everything that was received is in it, indexed, on disk. Never throws: a failure is told. */
  async finish(atMs: number): Promise<void> {
    const result = await this.take.finish(atMs);
    await this.#creation;
    if (result === undefined || !this.#file || !this.#name) return;
    try {
      await this.#file.finish(result.patches);
      this.#end = 'complete';
    } catch (cause) {
      this.#end = 'failed';
      if (!this.#failureTold) this.#host.failed(this.#name, cause as Error);
      this.#failureTold = true;
    }
    this.#host.changed();
  }

  /** While held nothing is written: it is not sure whose file this is. */
  hold(held: boolean): void {
    if (this.#file) this.#file.held = held;
  }

  async abandon(): Promise<void> {
    this.take.abandon();
    await this.#creation;
    await this.#file?.abandon();
  }

  /** The manifest's entry; undefined before the file exists. */
  describe(atMs: number, startedAtMs: number, sync: ManifestFile['sync']): ManifestFile | undefined {
    if (!this.#name || !this.#file) return undefined;
    const take = this.take.describe(atMs, startedAtMs);
    return {
      name: this.#name,
      connectionId: this.connectionId,
      personName: this.#personName,
      source: this.source,
      state: this.#end === 'complete' ? 'complete' : 'writing',
      ...take,
      bytes: this.#file.writtenBytes,
      gaps: this.#gaps.map((gap) => ({
        ...gap,
        fromMs: gap.fromMs + take.startOffsetMs,
        toMs: gap.toMs + take.startOffsetMs,
      })),
      losses: this.#losses.map((loss) => ({
        ...loss,
        fromMs: loss.fromMs - startedAtMs,
        toMs: loss.toMs - startedAtMs,
      })),
      ...(sync ? { sync } : {}),
    };
  }

  async #create(originMs: number): Promise<void> {
    try {
      const { name, file } = await this.#host.create(this.connectionId, originMs);
      this.#name = name;
      this.#file = file;
      file.append(this.#early, this.#host.nowMs());
      this.#early = [];
      this.#host.changed();
    } catch (cause) {
      this.#failureTold = true;
      this.#host.failed(this.connectionId, cause as Error);
    }
  }

  #write(chunks: Buffer[]): void {
    if (this.#file) this.#file.append(chunks, this.#host.nowMs());
    else if (!this.#failureTold) this.#early.push(...chunks);
  }
}
