import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../protocol/errors.ts';
import type { ManifestFile } from '../../protocol/manifest.ts';
import { runFfmpeg } from '../exports/ffmpeg.ts';
import type { Store, StoredFile } from '../store/store.ts';
import { thumbnailAtMs } from './thumbnail-time.ts';

const WIDTH = 480;
const AT_ONCE = 2;
/** Twice what a picture of the largest size takes; it is decoded from the keyframe before, which is ten seconds at most. */
const LIMITS = { cpuSeconds: 30, memoryBytes: 1024 ** 3, fileBytes: 4 * 1024 ** 2 };
/** A page shows at most so many at a time. */
const MAX_WAITING = 200;

/** Small pictures of recorded files, made when first asked for and kept beside them. */
export class Thumbnails {
  readonly #store: Store;
  readonly #ffmpeg: string;
  readonly #controller = new AbortController();
  readonly #making = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(options: { store: Store; ffmpeg: string }) {
    this.#store = options.store;
    this.#ffmpeg = options.ffmpeg;
  }

  /** @throws Fault `file-not-found` when there is no picture to be had, `rate-limited` when too many wait */
  async open(recordingId: string, file: ManifestFile): Promise<StoredFile> {
    const name = `${file.name}.jpg`;
    const there = await this.#store.openMade(recordingId, 'thumbnails', name);
    if (there) return there;
    if (!(await this.#store.stat(recordingId, file.name))) throw new Fault('file-not-found');
    const key = `${recordingId}/${name}`;
    const made = this.#making.get(key) ?? this.#make(recordingId, file, name);
    this.#making.set(key, made);
    try {
      await made;
    } catch (cause) {
      if (cause instanceof Fault && cause.code !== 'export-failed') throw cause;
      throw new Fault('file-not-found', 'There is no picture of this file.', { cause });
    } finally {
      this.#making.delete(key);
    }
    const fresh = await this.#store.openMade(recordingId, 'thumbnails', name);
    if (!fresh) throw new Fault('file-not-found');
    return fresh;
  }

  close(): void {
    this.#controller.abort(new Error('closing'));
  }

  async #make(recordingId: string, file: ManifestFile, name: string): Promise<void> {
    await this.#turn();
    try {
      const folder = join(this.#store.folderOf(recordingId), 'thumbnails');
      // Not recursively: a recording that is being deleted must not come back.
      await mkdir(folder).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EEXIST') throw cause;
      });
      const part = join(folder, `${name}.part`);
      const input = [
        '-threads',
        '1',
        '-ss',
        (thumbnailAtMs(file) / 1000).toFixed(3),
        '-i',
        join(folder, '..', file.name),
      ];
      const picture = ['-frames:v', '1', '-vf', `scale=${WIDTH}:-2`, '-q:v', '5', '-f', 'mjpeg', part];
      await runFfmpeg(this.#ffmpeg, [...input, ...picture], {
        limits: LIMITS,
        signal: this.#controller.signal,
      });
      await rename(part, join(folder, name));
    } finally {
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#busy >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) throw new Fault('rate-limited');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#busy += 1;
  }
}
