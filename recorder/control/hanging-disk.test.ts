import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { inTime } from '#service/in-time.ts';
import { readManifest } from '#store/manifest-file.ts';
import { metadataOf, tagsOf } from '../flv/testing/file-in-memory.ts';
import { newRecording } from './testing/open-recorder.ts';
import { RecordingPlace } from './testing/recording-place.ts';
import { Voices } from './testing/voices.ts';

/** How long a Stop may take, whatever has died [END3]. */
const STOP_MS = 2000;
/** More than libuv has threads for files. */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE ?? 4) + 1;

let place: RecordingPlace;
let voices: Voices;
beforeAll(async () => {
  place = await RecordingPlace.open();
  voices = await Voices.open();
});
afterAll(async () => {
  voices.close();
  await place.close();
});

/** Every thread that this process has for files hangs in the kernel, as in a disk that does not answer, until it is let go. */
function hangDisk(): () => Promise<void> {
  const pipe = join(place.root, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // A pipe without a writer is opened only once there is one (fifo(7)).
  const hanging = Array.from({ length: THREADS }, () => open(pipe, 'r'));
  return async () => {
    const writer = openSync(pipe, 'r+');
    for (const handle of await Promise.all(hanging)) await handle.close();
    closeSync(writer);
  };
}

test('[END3] a disk that hangs holds up no Stop and nobody who leaves, and the files are completed once it answers', {
  timeout: 60_000,
}, async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  const { recordingId } = params;
  await recorder.commands.start(params);
  await voices.join(recorder, recordingId, 2);
  const session = await recorder.session(recordingId);
  const isRecorded = () => session.manifest.files.every(({ bytes }) => bytes > 0);
  await vi.waitUntil(() => session.manifest.files.length === 2 && isRecorded());

  const letGo = hangDisk();
  const answers = Promise.allSettled([
    recorder.commands.closeReceiver({
      ...{ recordingId, connectionId: 'person-1', reason: 'withdrawn', erase: true },
    }),
    recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 }),
  ]);
  // A timer in the same process is held up by the same things.
  const isInTime = await inTime(systemClock, STOP_MS, answers);
  const beats = recorder.heartbeat().recordings.length;
  await letGo();

  expect(isInTime).toBe(true);
  const stalled = { status: 'rejected', reason: expect.objectContaining({ code: 'disk-stalled' }) };
  expect(await answers).toEqual([stalled, stalled]);
  // What is being completed is not said to be recorded.
  expect(beats).toBe(0);
  await vi.waitUntil(() => !recorder.has(recordingId));
  const { files, state } = await readManifest(place.folder(recordingId));
  expect(state).toBe('complete');
  expect(files).toMatchObject([{ connectionId: 'person-0', state: 'complete' }]);
  const bytes = await readFile(join(place.folder(recordingId), files[0]?.name ?? ''));
  const tags = await tagsOf(bytes);
  expect(metadataOf(tags[0]).duration).toBeCloseTo((files[0]?.durationMs ?? 0) / 1000, 1);
  await recorder.close();
});
