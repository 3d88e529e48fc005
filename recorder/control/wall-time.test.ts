import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compactUtc } from '#protocol/identifiers.ts';
import { systemClock } from '#service/clock.ts';
import { readManifest } from '#store/manifest-file.ts';
import { inSfuTime, inWallTime } from '../storage/wall-time.ts';
import { newRecording } from './testing/open-recorder.ts';
import { RecordingPlace } from './testing/recording-place.ts';

let place: RecordingPlace;
beforeAll(async () => {
  place = await RecordingPlace.open();
});
afterAll(() => place.close());

test.each([8, -8])(
  '[WALL1] after the clock was set by %s h names and dates are of the wall clock, and media stay where they are',
  async (hours) => {
    const wallAheadMs = hours * 3_600_000;
    const recorder = place.openRecorder();
    const params = { ...newRecording(), wallAheadMs };
    const { recordingId, startedAtMs } = params;
    const folder = place.folder(recordingId);
    await recorder.commands.start(params);
    const session = await recorder.session(recordingId);
    const atMs = () => Math.round(systemClock.nowMs());
    const joined = { connectionId: 'alice-1', name: 'Alice', role: 'participant' } as const;
    await session.takeFacts([
      { seq: 1, atMs: startedAtMs, type: 'joined', ...joined },
      { seq: 2, atMs: startedAtMs, type: 'consent', connectionId: 'alice-1', consent: 'accepted' },
      { seq: 3, atMs: atMs(), type: 'chat', connectionId: 'alice-1', text: 'hello' },
    ]);
    const port = await place.receive(recorder, recordingId, 'alice-1', ['video']);
    await place.send(port, 1, ['video']);
    await vi.waitUntil(() => session.manifest.files.length > 0);
    await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 3 });
    const manifest = await readManifest(folder);
    expect(manifest.startedAtMs).toBe(startedAtMs + wallAheadMs);
    expect(manifest.people[0]?.joinedAtMs).toBe(startedAtMs + wallAheadMs);
    expect(manifest.consent[0]?.atMs).toBe(startedAtMs + wallAheadMs);
    expect(Math.abs((manifest.chat[0]?.atMs ?? 0) - atMs() - wallAheadMs)).toBeLessThan(60_000);
    expect(Math.abs((manifest.stoppedAtMs ?? 0) - atMs() - wallAheadMs)).toBeLessThan(60_000);
    const [file] = manifest.files;
    expect(await readdir(folder)).toContain(file?.name);
    const beganMs = manifest.startedAtMs + (file?.startOffsetMs ?? 0);
    expect(file?.startOffsetMs).toBeGreaterThanOrEqual(0);
    expect(file?.startOffsetMs).toBeLessThan(60_000);
    expect(file?.name).toBe(`alice-1-${compactUtc(Math.floor(beganMs))}.flv`);
    await recorder.close();
  },
);

test('[WALL1] a recording that is taken up goes on by the SFU’s clock', async () => {
  const params = { ...newRecording(), wallAheadMs: 8 * 3_600_000 };
  const { recordingId, startedAtMs } = params;
  const before = place.openRecorder();
  await before.commands.start(params);
  const onDisk = await readManifest(place.folder(recordingId));
  expect(onDisk).toMatchObject({
    startedAtMs: startedAtMs + params.wallAheadMs,
    wallAheadMs: params.wallAheadMs,
  });
  expect(inWallTime(inSfuTime(onDisk))).toEqual(onDisk);
  await before.close();
  const after = place.openRecorder();
  await after.commands.start(params);
  expect((await after.session(recordingId)).startedAtMs).toBe(startedAtMs);
  const described = await after.commands.describe({ recordingId });
  expect(described).toMatchObject({ startedAtMs, wallAheadMs: params.wallAheadMs });
  await after.close();
});
