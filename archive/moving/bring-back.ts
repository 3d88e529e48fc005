import { mkdir, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from '#protocol/errors.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { Clock } from '#service/clock.ts';
import type { Log } from '#service/log.ts';
import { copyRecording } from '#store/copy-recording.ts';
import { type Locks, OWNER_BEAT_MS } from '#store/ownership.ts';
import { syncFolder } from '#store/replace-file.ts';
import type { Store } from '#store/store.ts';
import { isMoving } from './moving-mark.ts';

interface Parts {
  place: Store;
  disk: Store;
  /** The folder of `disk`. */
  recordingsDir: string;
  minFreeBytes: number;
  locks: Locks;
  clock: Clock;
  log: Log;
}

/**
 * Brings a recording from its place back to this disk, and removes it there once all of it was read back here. Meanwhile it has an
 * owner: nobody changes it, erases it or moves it. What an earlier try left here is gone on with.
 * @throws Fault, or Error, when it is not here whole; then it stays at its place
 */
export async function bringBack(recordingId: string, parts: Parts): Promise<void> {
  const { clock, disk, locks, log, place, recordingsDir } = parts;
  const there = await place.readManifest(recordingId);
  // It was deleted meanwhile.
  if (!there) return;
  await requireNoMover(parts);
  const folder = join(recordingsDir, recordingId);
  await mkdir(folder, { recursive: true });
  const ownership = await locks.take(folder, clock.nowMs());
  const lost = new AbortController();
  const beat = () =>
    ownership.beat(clock.wallMs()).then(
      (isOurs) => isOurs || lost.abort(new Fault('recording-owned')),
      (cause) => lost.abort(cause),
    );
  const endBeats = clock.every(OWNER_BEAT_MS, beat);
  try {
    const here = await disk.readManifest(recordingId);
    await requireRoom(there.manifest, parts);
    // What was changed after it had come back is the recording: nothing comes to it from what it was before.
    const isChanged = here && !isDeepStrictEqual(here.manifest, there.manifest);
    await copyRecording(recordingId, { from: isChanged ? disk : place, to: disk, signal: lost.signal });
    await syncFolder(recordingsDir, log);
    await requireNoMover(parts);
    await beat();
    lost.signal.throwIfAborted();
    await place.remove(recordingId);
  } finally {
    endBeats();
    await ownership.release();
    // Where nothing came, nothing is left.
    await rmdir(folder).catch((cause: NodeJS.ErrnoException) => {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(cause.code ?? '')) throw cause;
    });
  }
}

/** It might take a recording for moved that is just being removed at its place. */
export async function requireNoMover({
  clock,
  recordingsDir,
}: Pick<Parts, 'clock' | 'recordingsDir'>): Promise<void> {
  if (!(await isMoving(recordingsDir, clock.wallMs()))) return;
  const words = `An archive moves recordings from ${recordingsDir} to its STORE. Stop it, or start it without STORE, then run this again.`;
  throw new Fault('config-invalid', words);
}

async function requireRoom(manifest: Manifest, { disk, minFreeBytes, recordingsDir }: Parts): Promise<void> {
  let bytes = 0;
  for (const file of manifest.files) {
    if (!(await disk.stat(manifest.recordingId, file.name))) bytes += file.bytes;
  }
  const { bavail, bsize } = await statfs(recordingsDir);
  if (bytes <= bavail * bsize - minFreeBytes) return;
  throw new Fault(
    'disk-full',
    `It has ${bytes} bytes, and this disk has no room for it above MIN_FREE_DISK.`,
  );
}
