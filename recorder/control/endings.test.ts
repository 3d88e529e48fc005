import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ErrorBody } from '#protocol/errors.ts';
import type { Fact, FactBody } from '#protocol/recorder.ts';
import { ManualClock } from '#service/testing/manual-clock.ts';
import { MANIFEST_NAME } from '#store/layout.ts';
import { readManifest } from '#store/manifest-file.ts';
import { Recordings } from '../storage/recordings.ts';
import { DISK_CHECK_MS } from './disk-watch.ts';
import { SFU_LOST_TIMEOUT_MS } from './known-recordings.ts';
import { TICK_MS } from './recorder.ts';
import { HOUR_MS, newRecording, openRecorder } from './testing/open-recorder.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'verbatim-endings-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A recording without people, under a clock that the test moves; the disk is real. */
async function startRecording() {
  const clock = new ManualClock();
  const recordings = new Recordings(root);
  const ended: { recordingId: string; error: ErrorBody }[] = [];
  const free = vi.spyOn(recordings, 'freeBytes').mockResolvedValue(1000);
  const recorder = openRecorder({
    ...{ clock, recordings, minFreeBytes: 500 },
    onEnded: (recordingId, error) => ended.push({ recordingId, error }),
  });
  const params = newRecording(clock);
  const { recordingId } = params;
  const start = () => recorder.commands.start(params);
  await start();
  /** Once it is over. */
  const manifest = async () => {
    await vi.waitUntil(() => !recorder.has(recordingId));
    return readManifest(join(root, recordingId));
  };
  return { clock, recorder, recordingId, ended, free, start, manifest };
}

test('a recorder without recordings looks at nothing but the disk', async () => {
  const { clock, recorder, recordingId } = await startRecording();
  const whileRecording = clock.pending;
  await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
  clock.advance(TICK_MS);
  expect(clock.pending).toBe(whileRecording - 1);
  await recorder.commands.start(newRecording(clock));
  expect(clock.pending).toBe(whileRecording);
  await recorder.close();
  expect(clock.pending).toBe(whileRecording - 2);
});

describe('[END1] no recording runs for ever', () => {
  test('at the longest time it is completed, and the SFU is told', async () => {
    const { clock, ended, manifest, recordingId } = await startRecording();
    clock.advance(HOUR_MS - TICK_MS);
    expect(ended).toEqual([]);
    clock.advance(TICK_MS);
    await vi.waitUntil(() => ended.length === 1);
    expect(ended[0]).toMatchObject({ recordingId, error: { code: 'recording-off' } });
    expect(await manifest()).toMatchObject({ state: 'complete', stopReason: 'limit' });
  });

  test('[LIGHT5] the SFU is told at once that nothing is recorded, once, though the disk takes nothing', async () => {
    const { clock, ended, recorder, recordingId } = await startRecording();
    const inTheWay = join(root, recordingId, `${MANIFEST_NAME}.new`);
    await mkdir(inTheWay);
    clock.advance(HOUR_MS - TICK_MS);
    // Due with the next tick, which reads first; nothing of the disk runs in between.
    clock.advance(TICK_MS);
    expect(recorder.has(recordingId)).toBe(true);
    expect(ended).toMatchObject([{ recordingId, error: { code: 'recording-off' } }]);
    expect(recorder.heartbeat().recordings).toEqual([]);
    clock.advance(10 * TICK_MS);
    await vi.waitUntil(() => !recorder.has(recordingId));
    expect(ended).toHaveLength(1);
  });

  test('without its SFU it is completed as interrupted after 30 s', async () => {
    const { clock, ended, manifest, recorder } = await startRecording();
    recorder.sfuLost();
    clock.advance(SFU_LOST_TIMEOUT_MS - TICK_MS);
    expect(recorder.recordings).toHaveLength(1);
    clock.advance(2 * TICK_MS);
    await vi.waitUntil(() => ended.length === 1);
    expect(recorder.recordings).toHaveLength(0);
    expect(await manifest()).toMatchObject({ state: 'interrupted', stopReason: 'sfu-lost' });
  });

  test('[END5] the time in which nobody was there is no part of it', async () => {
    const { clock, manifest, recorder, recordingId } = await startRecording();
    const { startedAtMs, takeFacts } = await recorder.session(recordingId).then((session) => ({
      startedAtMs: session.startedAtMs,
      takeFacts: (...facts: FactBody[]) => {
        const atMs = Math.round(clock.nowMs());
        const seq = session.lastFact + 1;
        return session.takeFacts(facts.map((fact, index) => ({ ...fact, seq: seq + index, atMs }) as Fact));
      },
    }));
    const hanna = { connectionId: 'hanna' } as const;
    await takeFacts({ type: 'joined', ...hanna, name: 'Hanna', role: 'host' });
    clock.advance(5000);
    await takeFacts({ type: 'away', ...hanna, away: true });
    clock.advance(30_000);
    await takeFacts({ type: 'left', ...hanna });
    clock.advance(60_000);
    const { lastFact } = await recorder.session(recordingId);
    await recorder.commands.stop({ recordingId, reason: 'empty', lastFact });
    const { people, stoppedAtMs } = await manifest();
    expect(stoppedAtMs).toBe(startedAtMs + 5000);
    expect(people[0]?.leftAtMs).toBe(stoppedAtMs);
  });

  test('[END5] nor are the 30 s in which its SFU was waited for', async () => {
    const { clock, ended, manifest, recorder, recordingId, start } = await startRecording();
    const session = await recorder.session(recordingId);
    const joined = { type: 'joined', connectionId: 'hanna', name: 'Hanna', role: 'host' } as const;
    await session.takeFacts([{ ...joined, seq: 1, atMs: session.startedAtMs }]);
    clock.advance(2000);
    // It was only the connection: she was there all the while.
    recorder.sfuLost();
    clock.advance(3000);
    await start();
    clock.advance(1000);
    recorder.sfuLost();
    clock.advance(SFU_LOST_TIMEOUT_MS + TICK_MS);
    await vi.waitUntil(() => ended.length === 1);
    expect((await manifest()).stoppedAtMs).toBe(session.startedAtMs + 6000);
  });

  test('an SFU that is back within 30 s takes it up again', async () => {
    const { clock, ended, recorder, recordingId, start } = await startRecording();
    recorder.sfuLost();
    clock.advance(SFU_LOST_TIMEOUT_MS / 2);
    await start();
    clock.advance(SFU_LOST_TIMEOUT_MS);
    expect(ended).toEqual([]);
    await recorder.commands.stop({ recordingId, reason: 'host', lastFact: 0 });
    expect(recorder.recordings).toHaveLength(0);
  });

  test('a connection to the SFU that flaps ends nothing: each loss counts anew, for each recording', async () => {
    const { clock, ended, recorder, recordingId, start } = await startRecording();
    const other = newRecording(clock);
    await recorder.commands.start(other);
    recorder.sfuLost();
    clock.advance(1000);
    await start();
    // Before the other one was taken up the connection is lost again.
    clock.advance(SFU_LOST_TIMEOUT_MS - 3000);
    recorder.sfuLost();
    clock.advance(2000 + TICK_MS);
    await vi.waitUntil(() => ended.length === 1);
    expect(ended[0]).toMatchObject({
      recordingId: other.recordingId,
      error: { code: 'sfu-unreachable' },
    });
    await start();
    clock.advance(SFU_LOST_TIMEOUT_MS);
    expect(recorder.recordings.map((session) => session.recordingId)).toEqual([recordingId]);
    await recorder.close();
  });

  test('when the disk is nearly full the largest consumer ends, is told so, and the others go on', async () => {
    const { clock, ended, free, manifest, recorder, recordingId } = await startRecording();
    const other = newRecording(clock);
    await recorder.commands.start(other);
    const flood = await recorder.session(recordingId);
    vi.spyOn(flood, 'writtenBytes', 'get').mockReturnValueOnce(0).mockReturnValue(10);
    clock.advance(DISK_CHECK_MS);
    await vi.waitUntil(() => free.mock.results.length >= 3);
    free.mockResolvedValue(499);
    clock.advance(DISK_CHECK_MS);
    await vi.waitUntil(() => ended.length === 1);
    expect(ended[0]).toMatchObject({ recordingId, error: { code: 'disk-share' } });
    const { problems, stopReason } = await manifest();
    expect(stopReason).toBe('disk');
    expect(problems.map(({ code }) => code)).toEqual(['disk-share']);
    // That there is no less than before was looked at again.
    clock.advance(5 * DISK_CHECK_MS);
    await vi.waitUntil(() => free.mock.results.length >= 9);
    expect(recorder.recordings.map((session) => session.recordingId)).toEqual([other.recordingId]);
    await recorder.close();
  });

  test('when the disk is nearly full it is completed, while there is room to do so', async () => {
    const { clock, ended, free, manifest } = await startRecording();
    free.mockResolvedValue(499);
    clock.advance(5000);
    await vi.waitUntil(() => ended.length === 1);
    expect(ended[0]?.error.code).toBe('disk-full');
    expect(await manifest()).toMatchObject({ state: 'complete', stopReason: 'disk' });
  });
});
