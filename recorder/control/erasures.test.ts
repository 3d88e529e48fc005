import { copyFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compactUtc, connectionOf } from '#protocol/identifiers.ts';
import type { Manifest } from '#protocol/manifest.ts';
import type { FactBody } from '#protocol/recorder.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { readManifest, writeManifest } from '#store/manifest-file.ts';
import { Locks, thisOwner } from '#store/ownership.ts';
import { Recordings } from '../storage/recordings.ts';
import { Recovery } from './recovery.ts';
import { newRecording, openRecorder, RECORDER_ID } from './testing/open-recorder.ts';
import { RecordingPlace } from './testing/recording-place.ts';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

const alice = { connectionId: 'alice-1', name: 'Alice', role: 'participant' } as const;
const agreed: FactBody[] = [
  { type: 'joined', ...alice },
  { type: 'consent', connectionId: 'alice-1', consent: 'accepted' },
  { type: 'chat', connectionId: 'alice-1', text: 'hello' },
];
const wish: FactBody = { type: 'consent', connectionId: 'alice-1', consent: 'withdrawn', erase: true };
const numbered = (bodies: FactBody[], from = 1) =>
  bodies.map((body, index) => ({ ...body, seq: from + index, atMs: Math.round(systemClock.nowMs()) }));

async function filesOfAlice(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => connectionOf(name) === 'alice-1');
}

test('[NO1] the fact of a “no” ends and erases somebody by itself: the SFU may be dead by then', async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  const { recordingId } = params;
  await recorder.commands.start(params);
  const session = await recorder.session(recordingId);
  await session.takeFacts(numbered(agreed));
  const port = await place.receive(recorder, recordingId, 'alice-1', ['video']);
  await place.send(port, 1, ['video']);
  await vi.waitUntil(() => session.progress()[0]?.state === 'recording' || session.manifest.files.length > 0);
  const folder = place.folder(recordingId);
  expect(await filesOfAlice(folder)).toHaveLength(1);
  expect(await session.takeFacts(numbered([wish], 4))).toBe(4);
  // Acknowledged is on disk: whoever comes after a crash finds it.
  const { chat, consent } = await readManifest(folder);
  expect(consent.at(-1)).toMatchObject({ connectionId: 'alice-1', consent: 'withdrawn', erase: true });
  expect(chat).toEqual([]);
  expect(session.knows('alice-1')).toBe(false);
  await vi.waitUntil(async () => (await filesOfAlice(folder)).length === 0);
  await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 4 });
  expect((await readManifest(folder)).files).toEqual([]);
  await recorder.close();
});

test('[NO3] one “no” about three thousand connections reads the folder once, and only for those who have files', async () => {
  const recordings = new Recordings(place.root);
  const readings = vi.spyOn(recordings, 'eraseFiles');
  const recorder = openRecorder({ recordings, audio: place.audio });
  const params = newRecording();
  const { recordingId } = params;
  await recorder.commands.start(params);
  const session = await recorder.session(recordingId);
  const port = await place.receive(recorder, recordingId, 'alice-1', ['video']);
  await place.send(port, 1, ['video']);
  readings.mockClear();
  const others = Array.from({ length: 2900 }, (_, index) => `other-${index}`);
  await session.takeFacts(numbered([{ ...wish, others }]));
  const gone = [...others, 'alice-1'].map((connectionId) =>
    recorder.commands.closeReceiver({ recordingId, connectionId, reason: 'withdrawn', erase: true }),
  );
  await Promise.all(gone);
  expect(readings.mock.calls.map(([, ids]) => [...ids])).toEqual([['alice-1']]);
  expect(await filesOfAlice(place.folder(recordingId))).toEqual([]);
  await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 1 });
  expect(readings).toHaveBeenCalledTimes(2);
  await recorder.close();
});

test('[NO1] a “no” that is not on disk is not acknowledged, however often it is told', async () => {
  const recorder = place.openRecorder();
  const params = newRecording();
  await recorder.commands.start(params);
  const session = await recorder.session(params.recordingId);
  const folder = place.folder(params.recordingId);
  await rename(folder, `${folder}-away`);
  const facts = numbered([...agreed, wish]);
  await expect(session.takeFacts(facts)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(session.takeFacts(facts)).rejects.toMatchObject({ code: 'ENOENT' });
  await rename(`${folder}-away`, folder);
  expect(await session.takeFacts(facts)).toBe(4);
  expect((await readManifest(folder)).consent.at(-1)).toMatchObject({ erase: true });
  await recorder.close();
});

test.each(['takes it up', 'repairs it'])(
  '[NO2] what a crash left of somebody who wanted to be erased is gone when a recorder %s',
  async (how) => {
    const before = place.openRecorder();
    const { folder, manifest } = await place.recordAlice(before, ['video']);
    await before.close();
    const { startedAtMs } = manifest;
    const [file] = manifest.files;
    if (!file) throw new Error('nothing was recorded');
    const wishedAtMs = startedAtMs + 60_000;
    const again = { ...file, name: `alice-1-${compactUtc(wishedAtMs + 1000)}.flv`, startOffsetMs: 61_000 };
    const unlisted = `alice-1-${compactUtc(startedAtMs + 59_000)}.flv`;
    for (const name of [again.name, unlisted]) await copyFile(join(folder, file.name), join(folder, name));
    // As a recorder leaves it that is killed between the wish and the deletion; she has agreed again since.
    const entry = { connectionId: 'alice-1', name: 'Alice' };
    const killed: Manifest = {
      ...{ ...manifest, state: 'recording', stoppedAtMs: undefined, stopReason: undefined },
      files: [file, again],
      consent: [
        { ...entry, atMs: wishedAtMs, consent: 'withdrawn', erase: true },
        { ...entry, atMs: wishedAtMs + 500, consent: 'accepted' },
      ],
    };
    await writeManifest(folder, killed, silentLog);
    if (how === 'takes it up') {
      const recorder = place.openRecorder();
      const { id: meetingId, name: meetingName } = manifest.meeting;
      const { recordingId } = manifest;
      await recorder.commands.start({ recordingId, meetingId, meetingName, startedAtMs, sfuInstanceId: 's' });
      await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
      await recorder.close();
    } else {
      const recovery = new Recovery({
        ...{ locks: new Locks(thisOwner(RECORDER_ID, 'test')), clock: systemClock, log: silentLog },
        recordings: new Recordings(place.root),
        isRunning: () => false,
        onRecovered: () => undefined,
      });
      await recovery.run();
      await recovery.close();
    }
    expect(await filesOfAlice(folder)).toEqual([again.name]);
    expect((await readManifest(folder)).files.map(({ name }) => name)).toEqual([again.name]);
  },
);
