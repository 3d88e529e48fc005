import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { MANIFEST_NAME } from '#store/layout.ts';
import { readManifest } from '#store/manifest-file.ts';
import { Locks, thisOwner } from '#store/ownership.ts';
import { Recordings } from '../storage/recordings.ts';
import { Recovery } from './recovery.ts';
import { newRecording, openRecorder, RECORDER_ID } from './testing/open-recorder.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-unwritable-'));
});

afterEach(() => rm(root, { recursive: true }));

test('[FILE7] a manifest that cannot be written at Stop is completed once the disk takes it', async () => {
  const recordings = new Recordings(root);
  const recorder = openRecorder({ recordings });
  const recovery = new Recovery({
    ...{ locks: new Locks(thisOwner(RECORDER_ID, 'test')), recordings, clock: systemClock, log: silentLog },
    isRunning: (id) => recorder.has(id),
    onRecovered: () => {},
  });
  const params = newRecording();
  const { recordingId } = params;
  await recorder.commands.start(params);
  const folder = recordings.folder(recordingId);
  // Where the next manifest is written first.
  const inTheWay = join(folder, `${MANIFEST_NAME}.new`);
  await mkdir(inTheWay);
  await expect(recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 })).rejects.toThrow(
    'EISDIR',
  );
  expect(recorder.has(recordingId)).toBe(false);

  await recovery.run();
  expect((await readManifest(folder)).state).toBe('recording');
  await rm(inTheWay, { recursive: true });
  await recovery.run();
  expect((await readManifest(folder)).state).toBe('interrupted');
  await recovery.close();
  await recorder.close();
});
