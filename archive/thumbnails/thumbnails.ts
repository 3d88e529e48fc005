import { join } from 'node:path';
import { Fault } from '#protocol/errors.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import { RecentMap } from '#service/recent-map.ts';
import type { Store, StoredFile } from '#store/store.ts';
import type { OpenStream } from '../streams/open-streams.ts';
import { runFfmpeg } from '../work/ffmpeg.ts';
import { Turns } from '../work/turns.ts';

const NO_PICTURE = 'There is no picture of this file.';
const WIDTH = 480;
const AT_ONCE = 2;
/** Twice what a picture of the largest size takes; it is decoded from the keyframe before, which is ten seconds at most. */
const LIMITS = { cpuSeconds: 30, memoryBytes: 1024 ** 3, fileBytes: 4 * 1024 ** 2 };
/** A page shows at most so many at a time. */
const MAX_WAITING_OF_ONE = 200;
const MAX_WAITING = 1000;
/** A file that gave no picture is not asked again for so long, unless it has changed. */
export const FAILURE_STANDS_MS = 3_600_000;
const MAX_FAILURES_KNOWN = 10_000;

/** A picture that is being made. */
interface Making {
  recordingId: string;
  file: string;
  controller: AbortController;
  over: Promise<void>;
}

/** Small pictures of recorded files, made when first asked for and kept beside them. */
export class Thumbnails {
  readonly #store: Store;
  readonly #ffmpeg: string;
  readonly #controller = new AbortController();
  readonly #making = new Map<string, Making>();
  readonly #turns = new Turns({
    places: AT_ONCE,
    maxWaiting: MAX_WAITING,
    maxWaitingOfOne: MAX_WAITING_OF_ONE,
  });
  readonly #clock: Clock;
  /** Until when, by file and its version. */
  readonly #failures = new RecentMap<string, number>(MAX_FAILURES_KNOWN);

  constructor(options: { store: Store; ffmpeg: string; clock: Clock }) {
    this.#clock = options.clock;
    this.#store = options.store;
    this.#ffmpeg = options.ffmpeg;
  }

  /**
   * @param options.asker for whom: those are fair to each other
   * @param options.stream the answer, which hangs on the recording and the file since before it was looked up
   * @throws Fault `file-not-found` when there is no picture to be had, `rate-limited` when too many wait
   */
  async open(
    recordingId: string,
    file: ManifestFile,
    { asker, stream }: { asker: string; stream: Pick<OpenStream, 'requireOpen'> },
  ): Promise<StoredFile> {
    const name = `${file.name}.jpg`;
    const there = await this.#store.openMade(recordingId, 'thumbnails', name);
    if (there) return there;
    const source = await this.#store.stat(recordingId, file.name);
    if (!source) throw new Fault('file-not-found');
    const key = `${recordingId}/${name}/${source.version}`;
    if (this.#hasFailed(key)) throw new Fault('file-not-found', NO_PICTURE);
    // From here until it can be stopped nothing else has its turn.
    stream.requireOpen();
    const making = this.#making.get(key) ?? this.#begin(key, { recordingId, file, name, asker });
    try {
      await making.over;
    } catch (cause) {
      if (cause instanceof Fault && cause.code !== 'export-failed') throw cause;
      this.#failures.set(key, this.#clock.nowMs() + FAILURE_STANDS_MS);
      throw new Fault('file-not-found', NO_PICTURE, { cause });
    }
    const fresh = await this.#store.openMade(recordingId, 'thumbnails', name);
    if (!fresh) throw new Fault('file-not-found');
    return fresh;
  }

  /** Ends what is being made of a recording, or of these files of it; resolves when none of it is at work any more. */
  async stop(recordingId: string, files?: readonly string[]): Promise<void> {
    const doomed = [...this.#making.values()].filter(
      (one) => one.recordingId === recordingId && (files?.includes(one.file) ?? true),
    );
    for (const { controller } of doomed) controller.abort(new Fault('file-not-found'));
    await Promise.allSettled(doomed.map(({ over }) => over));
  }

  close(): void {
    this.#controller.abort(new Error('closing'));
  }

  #hasFailed(key: string): boolean {
    return (this.#failures.get(key) ?? 0) > this.#clock.nowMs();
  }

  #begin(
    key: string,
    { file, ...work }: { recordingId: string; file: ManifestFile; name: string; asker: string },
  ): Making {
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#controller.signal]);
    const over = this.#make({ ...work, file, signal }).finally(() => this.#making.delete(key));
    const making = { recordingId: work.recordingId, file: file.name, controller, over };
    this.#making.set(key, making);
    return making;
  }

  async #make({
    asker,
    file,
    name,
    recordingId,
    signal,
  }: {
    recordingId: string;
    file: ManifestFile;
    name: string;
    asker: string;
    signal: AbortSignal;
  }): Promise<void> {
    const done = await this.#turns.take(asker, { signal });
    const store = this.#store;
    try {
      const part = join(await store.openScratch(recordingId, 'thumbnails', name), 'result.jpg');
      const { folder, release } = await store.localFiles(recordingId, [file.name], signal);
      const input = [
        '-threads',
        '1',
        '-ss',
        (thumbnailAtMs(file) / 1000).toFixed(3),
        '-i',
        join(folder, file.name),
      ];
      const picture = ['-frames:v', '1', '-vf', `scale=${WIDTH}:-2`, '-q:v', '5', '-f', 'mjpeg', part];
      await runFfmpeg(this.#ffmpeg, [...input, ...picture], {
        limits: LIMITS,
        signal,
      }).finally(release);
      // Its recorder, or whoever owns the disk, may have removed the file meanwhile.
      if (!(await store.stat(recordingId, file.name))) throw new Fault('file-not-found');
      signal.throwIfAborted();
      await store.putMade(recordingId, 'thumbnails', name, part);
    } finally {
      await store.clearScratch(recordingId, 'thumbnails', name);
      done();
    }
  }
}

/** The middle of the longest stretch in which the camera was on, in milliseconds from the file's beginning. */
export function thumbnailAtMs({ cameraOff, durationMs, startOffsetMs }: ManifestFile): number {
  const endMs = startOffsetMs + durationMs;
  let fromMs = startOffsetMs;
  let best = { fromMs, toMs: fromMs };
  const off = [...cameraOff].sort((one, other) => one.fromMs - other.fromMs);
  for (const interval of [...off, { fromMs: endMs, toMs: endMs }]) {
    if (interval.fromMs - fromMs > best.toMs - best.fromMs) best = { fromMs, toMs: interval.fromMs };
    fromMs = Math.max(fromMs, interval.toMs);
  }
  // Never on: any moment shows the same.
  const atMs = best.toMs > best.fromMs ? (best.fromMs + best.toMs) / 2 : startOffsetMs + durationMs / 2;
  return Math.min(Math.max(0, atMs - startOffsetMs), durationMs);
}
