import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../service/clock.ts';
import { silentLog } from '../../service/log.ts';
import { AudioPool } from '../audio/audio-pool.ts';
import { PortRange } from '../ingest/port-range.ts';
import { readManifest } from '../storage/manifest-file.ts';
import { Recordings } from '../storage/recordings.ts';
import { TranscodePool } from '../transcode/transcode-pool.ts';
import { Recorder } from './recorder.ts';

const run = promisify(execFile);
const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const MEBIBYTE = 2 ** 20;
const recordingId = '20261122T102030100Z-abcdefgh';
const person = { recordingId, connectionId: 'alice-1' };

const disk = await mkdtemp(join(tmpdir(), 'verbatim-full-disk-'));
/** A small disk of our own: not everybody on every machine may have one. */
const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${MEBIBYTE}`, 'verbatim-test', disk]).then(
  () => true,
  () => false,
);
let audio: AudioPool;
let recorder: Recorder;

beforeAll(async () => {
  const [clock, log] = [systemClock, silentLog];
  audio = new AudioPool({ log, clock, size: 1 });
  await audio.start();
  recorder = new Recorder({
    context: {
      ...{ clock, log, audio, host: '127.0.0.1', encoder: 'test' },
      recordings: new Recordings(disk),
      transcodes: new TranscodePool({ ffmpeg: FFMPEG, max: 1, log, clock }),
      ports: new PortRange(30_000, 39_999),
      sfuOffsetMs: () => 0,
      onProgress: () => {},
      onManifest: () => {},
    },
    ...{ recorderId: 'recorder-1', instanceId: 'test', capacity: 1 },
    ...{ maxRecordingMs: 3_600_000, minFreeBytes: 0 },
    onEnded: () => {},
  });
});

afterAll(async () => {
  await recorder.close();
  await audio.close();
  if (isMounted) await run('umount', [disk]);
  await rmdir(disk);
});

test.skipIf(!isMounted)(
  '[FILE4] [FILE6] on a full disk a file is made whole; once there is room, another goes on',
  async () => {
    const { commands } = recorder;
    const startedAtMs = Math.round(systemClock.nowMs());
    const meeting = { meetingId: 'weekly', meetingName: 'Weekly', sfuInstanceId: 'sfu' };
    await commands.start({ recordingId, startedAtMs, ...meeting });
    await commands.openReceiver(person);
    await commands.addStream({
      ...person,
      stream: {
        ...{ streamId: 'sound', source: 'microphone', kind: 'audio', ssrc: 1, paused: true },
        codec: { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 },
      },
    });
    const session = await recorder.session(recordingId);
    const untilFileIs = (state: string) =>
      vi.waitUntil(() => session.progress().at(-1)?.state === state, { timeout: 20_000 });
    await untilFileIs('recording');

    const filler = join(disk, 'filler');
    await expect(writeFile(filler, Buffer.alloc(2 * MEBIBYTE))).rejects.toMatchObject({ code: 'ENOSPC' });
    await untilFileIs('failed');
    await rm(filler);
    await untilFileIs('recording');
    await commands.stop({ recordingId, reason: 'host', lastFact: 0 });

    const { files, problems, state } = await readManifest(join(disk, recordingId));
    expect(state).toBe('complete');
    expect(files.map((file) => file.state)).toEqual(['recovered', 'complete']);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('ENOSPC')]);
    for (const { durationMs, name } of files) {
      expect(durationMs).toBeGreaterThan(0);
      await run(FFMPEG, ['-xerror', '-v', 'error', '-i', join(disk, recordingId, name), '-f', 'null', '-']);
    }
  },
  60_000,
);
