import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readManifest } from '#store/manifest-file.ts';
import { thisOwner } from '#store/ownership.ts';
import type { Recorder } from './recorder.ts';
import { newRecording } from './testing/open-recorder.ts';
import { RecordingPlace } from './testing/recording-place.ts';
import { streams } from './testing/sent-media.ts';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

test.each([
  ['at its next beat', async () => undefined],
  [
    'at a Stop that comes before',
    (recorder: Recorder, recordingId: string) =>
      recorder.commands.stop({ recordingId, reason: 'ended', lastFact: 0 }),
  ],
])(
  '[OWN1] a recorder whose recording was taken over lets go of it %s, and writes no more',
  async (_, wake) => {
    const recorder = place.openRecorder();
    const params = newRecording();
    await recorder.commands.start(params);
    const folder = place.folder(params.recordingId);
    const key = { recordingId: params.recordingId, connectionId: 'alice-1' };
    await recorder.commands.openReceiver(key);
    await recorder.commands.addStream({ ...key, stream: { ...streams.audio, paused: true } });
    const session = await recorder.session(params.recordingId);
    await vi.waitUntil(() => session.progress()[0]?.state === 'recording');
    await writeFile(
      join(folder, 'owner.json'),
      JSON.stringify({ ...thisOwner('recorder-2', 'other'), pid: 1 }),
    );
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.flv'));
    const before = await readFile(join(folder, file ?? ''));
    await wake(recorder, params.recordingId);
    await vi.waitUntil(() => !recorder.has(params.recordingId));
    const { size } = await stat(join(folder, file ?? ''));
    await recorder.close();
    const after = await readFile(join(folder, file ?? ''));
    expect(after.length).toBe(size);
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    expect((await readManifest(folder)).state).toBe('recording');
  },
);
