import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MAX_IDLE_RECEIVERS } from '../control/recorder.ts';
import { newRecording } from '../control/testing/open-recorder.ts';
import { RecordingPlace } from '../control/testing/recording-place.ts';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

test('who sends nothing takes no place, and who finds none is told and gets the next one', async () => {
  const recorder = place.openRecorder({ capacity: 1 });
  const params = newRecording();
  const { recordingId } = params;
  await recorder.commands.start(params);
  const session = await recorder.session(recordingId);
  const fileOf = (who: string) => session.progress().find(({ connectionId }) => connectionId === who);
  const [alice, bob] = [
    await place.receive(recorder, recordingId, 'alice-1', ['audio']),
    await place.receive(recorder, recordingId, 'bob-1', ['audio']),
  ];
  expect(recorder.peopleCount).toBe(0);
  await place.send(bob, 1, ['audio']);
  await vi.waitUntil(() => fileOf('bob-1')?.state === 'recording', { timeout: 20_000 });
  await place.send(alice, 1, ['audio']);
  await vi.waitUntil(() => fileOf('alice-1')?.problem === 'recorder-full', { timeout: 20_000 });
  expect(fileOf('alice-1')?.bytes).toBe(0);
  expect(recorder.peopleCount).toBe(1);
  await recorder.commands.closeReceiver({
    recordingId,
    connectionId: 'bob-1',
    reason: 'left',
    erase: false,
  });
  await place.send(alice, 1, ['audio']);
  await vi.waitUntil(() => fileOf('alice-1')?.state === 'recording', { timeout: 20_000 });
  expect(fileOf('alice-1')?.problem).toBeUndefined();
  await recorder.close();
  expect(recorder.peopleCount).toBe(0);
});

test('people of whom nothing comes do not take all ports', async () => {
  const recorder = place.openRecorder({ capacity: 1 });
  const params = newRecording();
  await recorder.commands.start(params);
  const open = (name: string) =>
    recorder.commands.openReceiver({ recordingId: params.recordingId, connectionId: name });
  for (let count = 0; count < MAX_IDLE_RECEIVERS; count += 1) await open(`idle-${count}`);
  await expect(open('more')).rejects.toMatchObject({ code: 'recorder-full' });
  expect((await open('idle-0')).endpoint.port).toBeGreaterThan(0);
  await recorder.close();
});
