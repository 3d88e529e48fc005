import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Fault } from '#protocol/errors.ts';
import { connectionOf } from '#protocol/identifiers.ts';
import { readManifest } from '#store/manifest-file.ts';
import { RecordedFile } from '../file/recorded-file.ts';
import { newRecording } from './testing/open-recorder.ts';
import { RecordingPlace } from './testing/recording-place.ts';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

test('who has left is kept as what is to be told of them, and nothing else', async () => {
  const params = newRecording();
  const { recordingId } = params;
  const recorder = place.openRecorder();
  const { commands } = recorder;
  await commands.start(params);
  const before = queryObjects(RecordedFile, { format: 'count' });
  await place.send(await place.receive(recorder, recordingId, 'alice-1', ['video']), 1, ['video']);
  expect(queryObjects(RecordedFile, { format: 'count' })).toBeGreaterThan(0);
  await commands.closeReceiver({ recordingId, connectionId: 'alice-1', reason: 'left', erase: false });
  expect(queryObjects(RecordedFile, { format: 'count' })).toBeLessThanOrEqual(before);
  const { files } = await readManifest(place.folder(recordingId));
  expect(files).toMatchObject([{ connectionId: 'alice-1', state: 'complete' }]);
  await commands.stop({ recordingId, reason: 'host', lastFact: 0 });
});

test('[DISK1] what was written of those who have left, or were erased, still counts', async () => {
  const params = newRecording();
  const { recordingId } = params;
  const recorder = place.openRecorder();
  const { commands } = recorder;
  await commands.start(params);
  const session = await recorder.session(recordingId);
  let before = 0;
  for (const [index, erase] of [false, true].entries()) {
    const connectionId = `alice-${index}`;
    await place.send(await place.receive(recorder, recordingId, connectionId, ['video']), 1, ['video']);
    await vi.waitUntil(() => session.writtenBytes > before);
    before = session.writtenBytes;
    await commands.closeReceiver({ recordingId, connectionId, reason: 'left', erase });
    expect(session.writtenBytes).toBeGreaterThanOrEqual(before);
    before = session.writtenBytes;
  }
  await commands.stop({ recordingId, reason: 'host', lastFact: 0 });
});

test('a repair in the background loses nobody who leaves meanwhile, and brings back nobody who is erased', async () => {
  const recorder = place.openRecorder();
  const { commands } = recorder;
  const { folder, manifest } = await place.recordAlice(recorder, ['video']);
  const params = newRecording();
  const { recordingId } = params;
  await commands.start(params);
  const [earlier] = manifest.files;
  const leftovers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const name = `carol-${index % 2}-20261122T10203${String(index).padStart(4, '0')}Z.flv`;
      await copyFile(join(folder, earlier?.name ?? ''), join(place.folder(recordingId), name));
      return name;
    }),
  );
  const session = await recorder.session(recordingId);
  await place.send(await place.receive(recorder, recordingId, 'alice-1', ['video']), 1, ['video']);
  await place.receive(recorder, recordingId, 'carol-0', ['video']);
  session.repair(leftovers);
  await commands.closeReceiver({ recordingId, connectionId: 'alice-1', reason: 'left', erase: false });
  await commands.closeReceiver({ recordingId, connectionId: 'carol-0', reason: 'withdrawn', erase: true });
  // On a busy machine the repair takes longer than Stop is waited for.
  await commands
    .stop({ recordingId, reason: 'host', lastFact: 0 })
    .catch((cause: Fault) => expect(cause.code).toBe('disk-stalled'));
  const isOver = async () => (await readManifest(place.folder(recordingId))).state === 'complete';
  await vi.waitUntil(isOver, { timeout: 60_000 });
  const { files } = await readManifest(place.folder(recordingId));
  const onDisk = (await readdir(place.folder(recordingId))).filter((name) => name.endsWith('.flv'));
  const counts = (id: string) => [
    files.filter(({ connectionId }) => connectionId === id).length,
    onDisk.filter((name) => connectionOf(name) === id).length,
  ];
  expect(counts('alice-1')).toEqual([1, 1]);
  expect(counts('carol-0')).toEqual([0, 0]);
  expect(counts('carol-1')).toEqual([50, 50]);
});
