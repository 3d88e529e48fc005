import { afterAll, beforeAll, expect, test } from 'vitest';
import { readManifest } from '#store/manifest-file.ts';
import { newRecording } from './testing/open-recorder.ts';
import { RecordingPlace } from './testing/recording-place.ts';
import { streams } from './testing/sent-media.ts';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

test('[START1] what is asked right behind a start waits for it', async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  const { recordingId } = params;
  const asked = [
    recorder.commands.start(params),
    recorder.commands.openReceiver({ recordingId, connectionId: 'ada' }),
    recorder.commands.describe({ recordingId }),
  ];
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(Array(3).fill('fulfilled'));
  await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
  await recorder.close();
});

test('commands are idempotent, and refused in words when they make no sense', async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  const { commands } = recorder;
  expect(await commands.start(params)).toEqual({ lastFact: 0 });
  expect(await commands.start(params)).toEqual({ lastFact: 0 });
  const key = { recordingId: params.recordingId, connectionId: 'alice-1' };
  const first = await commands.openReceiver(key);
  expect(await commands.openReceiver(key)).toEqual(first);
  const vp9 = { ...streams.video, codec: { mimeType: 'video/VP9', payloadType: 96, clockRate: 90000 } };
  await expect(commands.addStream({ ...key, stream: vp9 })).rejects.toMatchObject({
    code: 'stream-unsupported',
  });
  await expect(
    commands.stop({ ...params, recordingId: '20261122T102030999Z-zzzzzzzz', reason: 'host', lastFact: 0 }),
  ).rejects.toMatchObject({ code: 'recording-not-found' });
  const stop = { recordingId: params.recordingId, reason: 'host' as const, lastFact: 0 };
  expect(await commands.stop(stop)).toEqual({ files: [], bytes: 0 });
  expect(await commands.stop(stop)).toEqual({ files: [], bytes: 0 });
  await recorder.close();
});

test('a recording says what it is about, to whoever finds it', async () => {
  const recorder = place.openRecorder();
  const { commands } = recorder;
  const params = newRecording();
  const { recordingId, startedAtMs } = params;
  await expect(commands.describe({ recordingId })).rejects.toMatchObject({ code: 'recording-not-found' });
  await commands.start(params);
  await commands.start({ ...params, sfuInstanceId: 'its successor' });
  const person = { connectionId: 'alice-1', name: 'Alice', role: 'host' as const };
  const bodies = [
    { type: 'joined' as const, ...person },
    { type: 'joined' as const, ...person, connectionId: 'bob-1', role: 'participant' as const },
    { type: 'consent' as const, connectionId: 'bob-1', consent: 'pending' as const },
    { type: 'consent' as const, connectionId: 'bob-1', consent: 'accepted' as const },
    { type: 'left' as const, connectionId: 'bob-1' },
  ];
  const facts = bodies.map((body, index) => ({ ...body, seq: index + 1, atMs: startedAtMs }));
  (await recorder.session(recordingId)).takeFacts(facts);
  expect(await commands.describe({ recordingId })).toEqual({
    meetingId: 'weekly',
    meetingName: 'Weekly',
    startedAtMs,
    sfuInstanceId: 'its successor',
    lastFact: 5,
    audioCodec: 'aac',
    people: [
      { connectionId: 'alice-1', isIn: true },
      { connectionId: 'bob-1', isIn: false, consent: 'accepted' },
    ],
  });
  // Whoever takes the recording up after a crash of this recorder goes on from there.
  expect((await readManifest(place.folder(recordingId))).lastFact).toBe(5);
  await recorder.close();
});

test('a nearly full disk refuses to begin', async () => {
  const recorder = place.openRecorder({ minFreeBytes: Number.MAX_SAFE_INTEGER });
  await expect(recorder.commands.start(newRecording())).rejects.toMatchObject({ code: 'disk-full' });
  await recorder.close();
});
