import { execFile } from 'node:child_process';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decodingArguments } from '#scripts/testing/decoding-arguments.ts';
import { systemClock } from '#service/clock.ts';
import { silentLog } from '#service/log.ts';
import { readManifest } from '#store/manifest-file.ts';
import { AudioPool } from '../audio/audio-pool.ts';
import { Recordings } from '../storage/recordings.ts';
import type { Recorder } from './recorder.ts';
import { newRecording, openRecorder } from './testing/open-recorder.ts';
import { streams } from './testing/sent-media.ts';

const run = promisify(execFile);
const FFMPEG = process.env.FFMPEG_PATH ?? 'ffmpeg';
const MEBIBYTE = 2 ** 20;

const disk = await mkdtemp(join(tmpdir(), 'verbatim-full-disk-'));
/** A small disk of our own: not everybody on every machine may have one. */
const isMounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${MEBIBYTE}`, 'verbatim-test', disk]).then(
  () => true,
  () => false,
);
let audio: AudioPool;
let recorder: Recorder;

beforeAll(async () => {
  audio = new AudioPool({ log: silentLog, clock: systemClock, size: 1 });
  await audio.start();
  recorder = openRecorder({ recordings: new Recordings(disk), audio });
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
    const params = newRecording();
    const { recordingId } = params;
    const person = { recordingId, connectionId: 'alice-1' };
    await commands.start(params);
    await commands.openReceiver(person);
    await commands.addStream({ ...person, stream: { ...streams.audio, paused: true } });
    const session = await recorder.session(recordingId);
    const untilFileIs = (state: string) => vi.waitUntil(() => session.progress().at(-1)?.state === state);
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
      await run(FFMPEG, decodingArguments(join(disk, recordingId, name)));
    }
  },
  60_000,
);
